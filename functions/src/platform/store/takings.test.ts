// No collection of state is forgotten: each either says how it takes power away, or why it takes none (F-38).

import { instantOf } from '@latchkey/core/kernel/time'
import { shapes } from '@latchkey/core/lifecycle/restore/taken'
import { describe, expect, test } from 'vitest'
import { collectionsOf } from './collections.ts'
import { timestampOf } from './reader.ts'
import { takingsOf } from './takings.ts'

const without: Readonly<Record<string, string>> = {
  'tenants/*/resourceTypes': 'what a type allows stands in the policy',
  'tenants/*/audit': 'says what was done and allows nothing',
  'tenants/*/webhooks/*/deliveries': 'goes out only as long as its endpoint does',
  webhookQueues: 'goes out only as long as its endpoint does',
  'users/*/notifications': 'tells and allows nothing',
  'users/*/preferences': 'is taste',
  signingKeys: 'is declared again by hand, with signing/compromise',
  auditSealing: 'goes on by an epoch',
  operations: 'each of its pages is a commit of its own',
  outbox: 'announces',
  idempotency: 'ends by itself',
}

describe('what a commit takes away', () => {
  test('F-38 is asked of every collection of state', () => {
    const named = [...Object.keys(shapes), ...Object.keys(without)]
    expect(named.toSorted()).toEqual(collectionsOf('commit').toSorted())
  })

  test('F-38 is known from what the transaction has read, and taken for taken when nobody has', () => {
    const at = timestampOf(instantOf(5_000))
    const write = { kind: 'update', path: 'credentials/x', fields: { status: 'active', notAfter: at } } as const
    const narrow = [{ path: 'credentials/x', fields: { notAfter: 5_000 } }]
    expect(takingsOf([write], new Map())).toEqual(narrow)
    expect(takingsOf([write], new Map([['credentials/x', { notAfter: timestampOf(instantOf(6_000)) }]]))).toEqual(
      narrow,
    )
    expect(takingsOf([write], new Map([['credentials/x', { notAfter: timestampOf(instantOf(4_000)) }]]))).toEqual([])
    const replaced = { kind: 'set', path: 'tenants/t/grants/p', fields: { teams: ['tea_1'] } } as const
    const before = new Map([[replaced.path, { teams: ['tea_1'], entries: { asg_1: {} } }]])
    expect(takingsOf([replaced], before)).toEqual([{ path: replaced.path, fields: { entries: {} } }])
    expect(takingsOf([{ ...write, kind: 'create' }], new Map())).toEqual([])
    expect(takingsOf([{ kind: 'delete', path: 'tenants/t/assignments/a' }], new Map())).toEqual([
      { path: 'tenants/t/assignments/a', gone: true },
    ])
  })
})
