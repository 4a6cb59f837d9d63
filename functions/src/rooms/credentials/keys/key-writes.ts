// What a key writes: metadata for people, and beside it one credential with the hash for each secret, for the server only.
import type { RatePlan } from '@latchkey/core/credentials/rate-plan'
import type { CredentialId, TenantId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import type { Instant } from '@latchkey/core/kernel/time'
import { sha256 } from '../../../platform/seal.ts'
import { type DocumentFields, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import { credentialPath } from '../use/find-secret.ts'
import { keyPath, type StoredKey, type StoredSecret } from './key-document.ts'

export interface NewKey {
  readonly key: string
  readonly credential: CredentialId
  readonly secret: string
  readonly tenant: TenantId
  readonly agency: TenantId | undefined
  readonly name: string
  readonly owner: PrincipalRef
  readonly scopes: readonly string[]
  /** Account → its placement now. */
  readonly accounts: ReadonlyMap<string, string> | undefined
  /** See `KeyFacts`. */
  readonly placement: string | undefined
  readonly ownScopes: ReadonlyMap<string, string>
  readonly catalogueVersion: string
  readonly notAfter: Instant
  readonly addresses: readonly string[] | undefined
  readonly rate: RatePlan | undefined
  readonly hint: string
  readonly createdBy: PrincipalRef
  /** The key that made it. */
  readonly madeBy: string | undefined
  readonly now: Instant
}

export const keyWrites = (key: NewKey): { readonly writes: readonly Write[]; readonly shown: DocumentFields } => {
  const shared = whole({
    owner: key.owner,
    scopes: key.scopes,
    catalogueVersion: key.catalogueVersion,
    status: 'active',
    notAfter: timestampOf(key.notAfter),
    createdAt: timestampOf(key.now),
    rate: key.rate,
  })
  const shown = whole({
    ...shared,
    accounts: key.accounts === undefined ? undefined : [...key.accounts.keys()],
    name: key.name,
    hint: key.hint,
    createdBy: key.createdBy,
    madeBy: key.madeBy,
    credential: key.credential,
  })
  const hidden = whole({
    ...shared,
    accounts: key.accounts === undefined ? undefined : Object.fromEntries(key.accounts),
    placement: key.placement,
    ownScopes: key.ownScopes.size === 0 ? undefined : Object.fromEntries(key.ownScopes),
    addresses: key.addresses,
    kind: 'api',
    hash: sha256(key.secret),
    key: key.key,
    tenant: key.tenant,
    agency: key.agency,
  })
  return {
    shown,
    writes: [
      { kind: 'create', path: keyPath(key.tenant, key.key), fields: shown },
      { kind: 'create', path: credentialPath(key.credential), fields: hidden },
    ],
  }
}

/** Without the fields that are not set: an absent field is how a document says "no such limit". */
export const whole = (fields: Readonly<Record<string, unknown>>): DocumentFields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** The same fields in the key that people see and in every secret of it; undefined takes one away. */
export const inAll = (stored: StoredKey, fields: Readonly<Record<string, unknown>>): readonly Write[] => [
  keyWrite(stored, fields),
  ...[stored.current, stored.old].flatMap((secret) => (secret === undefined ? [] : [secretWrite(secret, fields)])),
]

export const keyWrite = (
  { tenant, key, shown }: StoredKey,
  fields: Readonly<Record<string, unknown>>,
): Write & { readonly fields: DocumentFields } => ({
  kind: 'set',
  path: keyPath(tenant, key),
  fields: whole({ ...shown, ...fields }),
})

export const secretWrite = (
  secret: Pick<StoredSecret, 'id' | 'fields'>,
  fields: Readonly<Record<string, unknown>>,
): Write => ({
  kind: 'set',
  path: credentialPath(secret.id),
  fields: whole({ ...secret.fields, ...fields }),
})
