// A count of keys is honest about where it stopped, and reads no more than so many.
import { readPolicy } from '@latchkey/core/access/assembly/documents'
import type { NodeFacts } from '@latchkey/core/access/facts'
import { isTenantId } from '@latchkey/core/kernel/ids'
import { instantOf } from '@latchkey/core/kernel/time'
import { expect, test } from 'vitest'
import { type ListQuery, type Reader, type StoredDocument, timestampOf } from '../../../platform/store/reader.ts'
import { countCapped } from './count-capped.ts'

const now = instantOf(1_800_000_000_000)
const agency = `agy_${'1'.repeat(22)}`
const keyFields = {
  owner: 'user:nora',
  scopes: ['contacts.readonly'],
  status: 'active',
  createdAt: timestampOf(instantOf(now - 1_000)),
  notAfter: timestampOf(instantOf(now + 1_000)),
}
const policy = (id: string, kind: 'agency' | 'account', parentId: string) => ({
  ...{ kind, parentId, placementId: `placement of ${id}`, status: 'active' },
  ...(kind === 'agency' ? { catalogueVersion: '2026-11-01' } : {}),
  guardrail: { deniedPermissions: [] },
  roles: {},
})
const nodeOf = (id: string): NodeFacts => {
  if (!isTenantId(id)) expect.fail(`${id} is no tenant`)
  return readPolicy(id, policy(id, 'agency', 'platform')) ?? expect.fail('the policy is not whole')
}
const numbered = (prefix: string, index: number): string => `${prefix}_${String(index).padStart(22, '0')}`

/** A store of one agency, with so many keys of its own, and accounts with so many each. */
const holding = (own: number, accounts: number, each: number) => {
  const lists: ListQuery[] = []
  const documents: string[] = []
  const keys = (many: number, limit: number): StoredDocument[] =>
    Array.from({ length: Math.min(many, limit) }, (_, index) => ({ id: numbered('key', index), fields: keyFields }))
  const read: Reader = {
    getStamped: async () => [],
    getAll: async (paths) => {
      documents.push(...paths)
      return paths.map((path) => {
        const [, id = ''] = path.split('/')
        return path.endsWith('/policy/current') && id.startsWith('acc_') ? policy(id, 'account', agency) : undefined
      })
    },
    list: async (query) => {
      lists.push(query)
      if (query.collection !== 'tenants') return keys(query.collection.includes(agency) ? own : each, query.limit)
      const found = Array.from({ length: Math.min(accounts, query.limit) }, (_, index) => numbered('acc', index))
      return found.map((id) => ({ id, fields: {} }))
    },
  }
  return { read, lists, documents }
}

const counted = (read: Reader, keyKinds: readonly ('personal' | 'service')[]) => {
  const before = [nodeOf(agency)]
  const after = before.map((node) => ({ ...node, guardrail: { deniedPermissions: [], keyKinds } }))
  return countCapped(read, { before, after, maySee: () => true, now })
}

test('says how many there are when it has seen them all', async () => {
  expect(await counted(holding(400, 3, 200).read, ['service'])).toEqual({ ending: 1_000, narrowed: 0, complete: true })
  expect(await counted(holding(400, 3, 200).read, ['personal'])).toEqual({ ending: 0, narrowed: 0, complete: true })
})

test('says at least so many when there are more keys than it looks at, and reads no further', async () => {
  const { read, lists, documents } = holding(700, 90, 200)
  expect(await counted(read, [])).toEqual({ ending: 1_000, narrowed: 0, complete: false })
  expect(lists.length).toBe(4) // the accounts, and the keys of three tenants
  expect(documents.length).toBeLessThan(30)
})

test('says at least so many when there are more accounts than it looks at', async () => {
  expect(await counted(holding(1, 101, 1).read, [])).toEqual({ ending: 101, narrowed: 0, complete: false })
  expect(await counted(holding(1, 100, 1).read, [])).toEqual({ ending: 101, narrowed: 0, complete: true })
})
