// What is gathered of the log: each event once, from shortly before the backup on, in pieces that fit a commit, and what people have to do.

import { instantOf } from '@latchkey/core/kernel/time'
import type { AuditLine } from '@latchkey/core/lifecycle/restore/audit-line'
import { expect, test } from 'vitest'
import { gatherTakings } from './gather-takings.ts'

const since = instantOf(Date.parse('2026-11-22T02:00:00Z'))
const agency = `agy_${'1'.repeat(22)}`

const line = (event: string, more: Partial<AuditLine> = {}): AuditLine => ({
  message: 'audit event',
  event,
  tenant: agency,
  type: 'credentials.key_revoked',
  at: '2026-11-22T03:00:00.000Z',
  targets: [`key:${event}`],
  ...more,
})
const revoked = (id: string) => [{ path: `credentials/${id}`, fields: { status: 'revoked' } }]

test('F-38 what was said before the backup is in it, but clocks differ by a minute or two', () => {
  const at = (moment: string) => gatherTakings([line('op_1', { at: moment, taken: revoked('a') })], since).documents
  expect(at('2026-11-22T01:57:59.000Z')).toBe(0)
  expect(at('2026-11-22T01:58:00.000Z')).toBe(1)
})

test('F-38 a line that the log has twice counts once, and two of one document are one', () => {
  const lines = [
    line('op_1', { taken: [{ path: 'credentials/a', fields: { status: 'disabled' } }] }),
    line('op_1', { taken: [{ path: 'credentials/a', fields: { status: 'disabled' } }] }),
    line('op_2', { taken: revoked('a') }),
  ]
  const gathered = gatherTakings(lines, since)
  expect(gathered).toMatchObject({ lines: 2, documents: 1 })
  expect(gathered.pieces).toEqual([{ tenant: agency, takings: revoked('a') }])
})

test('F-38 what another run says of an event does not hide what it took away, whichever line comes first', () => {
  const lines = [line('op_1', { taken: 'unknown' }), line('op_1', { taken: revoked('a') })]
  for (const some of [lines, lines.toReversed()])
    expect(gatherTakings(some, since)).toMatchObject({ lines: 1, documents: 1, byHand: [] })
})

test('F-38 a path that the log has taken for a secret is nobody’s: somebody has to look', () => {
  const taken = [{ path: 'users/[secret]', fields: { status: 'suspended' } }]
  expect(gatherTakings([line('op_1', { taken })], since).byHand).toMatchObject([{ why: 'unknown' }])
})

test('F-38 events of before are counted, and the newest of them are named', () => {
  const at = (minute: number) => line(`op_${minute}`, { at: `2026-11-22T01:0${minute}:00.000Z` })
  const { earlier, newestEarlier, lines } = gatherTakings([at(1), at(3), at(2), line('op_9')], since)
  expect({ earlier, lines }).toEqual({ earlier: 3, lines: 1 })
  expect(newestEarlier).toEqual([3, 2, 1].map((minute) => `tenants/${agency}/audit/op_${minute}`))
})

test('F-38 a node and its policy come first and in one piece, however much else there is of the tenant', () => {
  const parent = (path: string) => ({ path, stopped: ['parentId'] })
  const node = [parent(`tenants/${agency}`), parent(`tenants/${agency}/policy/current`)]
  const keys = Array.from({ length: 39 }, (_, index) => ({
    path: `tenants/${agency}/apiKeys/${index}`,
    gone: true as const,
  }))
  const { pieces } = gatherTakings([line('op_1', { taken: [...keys, ...node] })], since)
  expect(pieces[0]?.takings.slice(0, 2)).toEqual(node)
})

test('F-38 a piece is one commit of one tenant; people are the platform’s', () => {
  const many = Array.from({ length: 90 }, (_, index) => revoked(String(index))).flat()
  const people = [{ path: 'users/u1', fields: { status: 'suspended' } }]
  const { pieces } = gatherTakings([line('op_1', { taken: [...many, ...people] })], since)
  expect(pieces.map(({ tenant, takings }) => [tenant, takings.length])).toEqual([
    [agency, 40],
    [agency, 40],
    [agency, 10],
    ['platform', 1],
  ])
})

test('F-38 what nobody can replay is said: keys of ours, what was allowed again, and what nobody knows', () => {
  const { byHand } = gatherTakings(
    [
      line('op_1', { type: 'signing.key_compromised' }),
      line('op_2', { type: 'tenancy.tenant_resumed' }),
      line('op_3', { taken: 'unknown' }),
      line('op_4', { type: 'access.role_assigned' }),
      line('op_5', { type: 'audit.redacted' }),
    ],
    since,
  )
  expect(byHand.map(({ why, targets }) => [why, targets])).toEqual([
    ['again', ['key:op_1']],
    ['opened', ['key:op_2']],
    ['unknown', ['key:op_3']],
    ['again', ['key:op_5']],
  ])
})

test('F-38 a document of no collection of ours is left alone', () => {
  expect(gatherTakings([line('op_1', { taken: [{ path: 'signingKeys/access', gone: true }] })], since).documents).toBe(
    0,
  )
})
