// What generated worlds are made of: a small catalogue full of edges, and the real one; each in several versions.

import { type Catalogue, compileCatalogue } from '../../catalogue/compile.ts'
import document from '../../catalogue/data/2026-11-01.json' with { type: 'json' }
import { readCatalogue } from '../../catalogue/read-catalogue.ts'
import type { CatalogueDocument, PermissionEntry } from '../../catalogue/schema.ts'
import { permission, scope } from '../../catalogue/small-catalogue.fixture.ts'
import * as the from '../facts.fixture.ts'

export interface Kit {
  readonly name: 'small' | 'real'
  readonly head: Catalogue
  /** The head first. */
  readonly versions: readonly Catalogue[]
  /** Every name of the head and of the agency's own, and some that nobody knows. */
  readonly asked: readonly string[]
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly guards: readonly string[]
}

/** What an agency may have added: each at other levels. */
export const own: readonly PermissionEntry[] = [
  permission(4096, 'own/record.read', ['agency', 'account']),
  permission(4097, 'own/record.write', ['account']),
  permission(4098, 'own/invoice-line.void', ['agency']),
]
export const ownNames = own.map(({ name }) => name)

export const unknownNames = ['nobody.knows', 'own/nobody.knows', '__proto__', 'notes.*', ''] as const

/** The document behind a compiled catalogue, with scopes. */
const smallDocument = (catalogue: Catalogue, scopes: CatalogueDocument['scopes']): CatalogueDocument => ({
  version: catalogue.version,
  permissions: [...catalogue.permissionByName.values()],
  roles: [...catalogue.roleByName.values()].map(({ entry }) => entry),
  scopes,
})

const everyLevel = ['agency', 'account'] as const
const smallScopes = [
  scope('notes.readonly', ['notes.read', 'notes/files.read'], { levels: everyLevel }),
  scope('notes.write', ['notes.read', 'notes.write', 'notes.delete'], { aliases: ['memos.write'] }),
  scope('notes.export', ['notes.export', 'notes.share']),
  scope('iam/roles.manage', ['iam.roles.assign', 'iam.tenants.get'], { levels: ['agency'] }),
  scope('iam/signing.readonly', ['iam.signing.list'], { levels: ['platform'] }),
  scope('nothing.readonly', []),
]
const withoutSharing = smallScopes.filter(({ name }) => name !== 'notes.export')

const smallHead = compileCatalogue(smallDocument(the.head, smallScopes))
const small: Kit = kitOf('small', [smallHead, compileCatalogue(smallDocument(the.older, withoutSharing))], {
  roles: ['agency.owner', 'agency.admin', 'account.editor', 'account.viewer', 'platform.owner', 'account.owner'],
  guards: [
    'notes.read',
    'notes.*',
    'notes/files.*',
    'iam.roles.*',
    'iam.*',
    '*',
    '.*',
    'iam.tenants.get',
    'own/record.*',
  ],
})

/** An older version: it lacked every seventh permission of a role or scope, and gave viewers what the head withdrew. */
const olderThan = (newer: CatalogueDocument): CatalogueDocument => {
  const permissions = newer.permissions.filter(({ number }) => number % 50 !== 0)
  const there = new Set(permissions.map(({ name }) => name))
  const lacking = (names: readonly string[], at: number) =>
    names.filter((name, index) => index % 7 !== at % 7 && there.has(name))
  const widened = (role: string, names: readonly string[]) =>
    role === 'account.viewer' ? [...names, 'contacts.write', 'contacts.delete'] : names
  return {
    version: '2026-05-01',
    permissions,
    scopes: newer.scopes.map((entry, at) => ({ ...entry, permissions: lacking(entry.permissions, at + 1) })),
    roles: newer.roles.map((entry, at) => ({
      ...entry,
      permissions: widened(entry.name, lacking(entry.permissions, at)),
    })),
  }
}

const read = readCatalogue(document)
// A catalogue that cannot be read is an empty kit, on which every floor of the tests fails.
const realDocument: CatalogueDocument = read.ok ? read.value : { version: '', permissions: [], scopes: [], roles: [] }
const realHead = compileCatalogue(realDocument)
const real: Kit = kitOf('real', [realHead, compileCatalogue(olderThan(realDocument))], {
  roles: [...realHead.roleByName.keys()],
  guards: [
    'contacts.*',
    'contacts.export',
    'payments/orders.*',
    'iam.apiKeys.*',
    'invoices.*',
    'iam.*',
    'own/record.*',
  ],
})

function kitOf(
  name: Kit['name'],
  versions: readonly [Catalogue, ...Catalogue[]],
  more: Pick<Kit, 'roles' | 'guards'>,
): Kit {
  const [head] = versions
  return {
    name,
    head,
    versions,
    asked: [...head.permissionByName.keys(), ...ownNames, ...unknownNames],
    scopes: [...head.scopeByName.keys(), ...ownNames, 'nobody.ever'],
    ...more,
  }
}

export const kits = { small, real } as const
