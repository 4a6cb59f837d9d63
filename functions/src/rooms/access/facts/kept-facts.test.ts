// A key's facts are assembled once for as long as the cache keeps every document of them, and not a moment longer.

import { grantsPath, policyPath } from '@latchkey/core/access/assembly/documents'
import type { Facts } from '@latchkey/core/access/facts'
import document from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { platformTenant, type TenantId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import { instantOf, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { describe, expect, it } from 'vitest'
import type { Caller } from '../../../guard/caller.ts'
import { documentCache } from '../../../platform/store/cache.ts'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import { timestampOf } from '../../../platform/store/reader.ts'
import { type Revision, revisionOf } from '../../../platform/store/revision.ts'
import { catalogueStore } from './catalogue-store.ts'
import { factsLoader } from './load-facts.ts'

// Casts: ids in the shape of drawn ones.
const drawn = (prefix: string): string => `${prefix}_${'A'.repeat(22)}`
const agency = drawn('agy') as TenantId
const service = `service:${drawn('svc')}` as PrincipalRef
const start = instantOf(1_900_000_000_000)

const caller: Caller = {
  principal: service,
  credential: drawn('key'),
  kind: 'api_key',
  session: undefined,
  key: {
    id: 'A'.repeat(22),
    tenant: agency,
    home: agency,
    agencyHint: undefined,
    placement: undefined,
    ownScopes: new Map(),
    scopes: ['contacts.readonly'],
    catalogueVersion: document.version,
    accounts: undefined,
    notAfter: undefined,
    createdAt: start,
  },
}

const policy = (more: object): DocumentFields => ({
  kind: 'agency',
  parentId: platformTenant,
  placementId: 'here',
  status: 'active',
  catalogueVersion: document.version,
  guardrail: { deniedPermissions: [] },
  roles: {},
  ...more,
})

/** A store with a clock, its cache, and what loads facts through it. */
const world = () => {
  let now = start
  const documents = new Map<string, DocumentFields>([
    ['catalogue/head', { version: document.version }],
    [`catalogue/${document.version}`, { version: document.version, text: JSON.stringify(document) }],
    [policyPath(agency), policy({})],
    [grantsPath(agency, service), { status: 'active', teams: [], entries: {} }],
  ])
  const asOf = (): Revision => revisionOf(timestampOf(now))
  const strict: Reader = {
    getStamped: async (paths) =>
      paths.map((path) => {
        const fields = documents.get(path)
        // As the database does it: every reading makes an object of its own.
        return { fields: fields === undefined ? undefined : { ...fields }, writtenAt: undefined, asOf: asOf() }
      }),
    getAll: async (paths) => (await strict.getStamped(paths)).map(({ fields }) => fields),
    list: async () => [],
  }
  const cache = documentCache(strict, () => now)
  const load = factsLoader(catalogueStore(strict))
  return {
    cache,
    asOf,
    suspend: () => void documents.set(policyPath(agency), policy({ status: 'suspended' })),
    pass: (seconds: number) => {
      now = plusSeconds(now, secondsOf(seconds))
    },
    facts: async (read: Reader = cache.reader(), who = caller): Promise<Facts> => {
      const loaded = await load(read, who, agency)
      if (!loaded.ok) throw new Error(loaded.error.code)
      return loaded.value
    },
    strict,
  }
}
const statusIn = ({ chain }: Facts): string | undefined => chain[0]?.status

describe('facts of a key', () => {
  it('are the same ones while nothing is read again', async () => {
    const { facts, pass } = world()
    const first = await facts()
    pass(3.999)
    expect(await facts()).toBe(first)
  })

  it('P2 are assembled again after four seconds, with what is true then', async () => {
    const { facts, pass, suspend } = world()
    const first = await facts()
    suspend()
    pass(3.999)
    expect(statusIn(await facts())).toBe('active')
    pass(0.001)
    const second = await facts()
    expect(second).not.toBe(first)
    expect(statusIn(second)).toBe('suspended')
  })

  it('P2 are assembled again although somebody else has read the documents again: at hand is not the same', async () => {
    const { facts, pass, suspend, cache } = world()
    await facts()
    suspend()
    pass(5)
    await cache.reader().getAll([policyPath(agency), policyPath(platformTenant), grantsPath(agency, service)])
    expect(statusIn(await facts())).toBe('suspended')
  })

  it('P3 F-15 are never older than what this instance has written, nor than the revision that is named', async () => {
    for (const heard of ['forgotten', 'named'] as const) {
      const { facts, pass, suspend, cache, asOf } = world()
      expect(statusIn(await facts())).toBe('active')
      pass(1)
      suspend()
      if (heard === 'forgotten') cache.forget([policyPath(agency)], asOf())
      expect(statusIn(await facts(heard === 'named' ? cache.reader(asOf()) : undefined)), heard).toBe('suspended')
    }
  })

  it('are read anew where the present state counts, and belong to one key as it is', async () => {
    const { facts, suspend, strict } = world()
    const first = await facts()
    const narrowed = await facts(undefined, { ...caller, key: caller.key && { ...caller.key, scopes: [] } })
    expect(narrowed).not.toBe(first)
    expect(narrowed.token.permissions).not.toEqual(first.token.permissions)
    suspend()
    expect(statusIn(await facts(strict))).toBe('suspended')
  })
})
