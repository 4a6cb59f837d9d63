// What was taken away stands in the line as one text, and is read back from it, or the line is said to be broken.
import { expect, test } from 'vitest'
import { auditLine, takenText } from './audit-line.ts'
import { type Taking, takenBy } from './taken.ts'

const line = {
  message: 'audit event',
  ...{ event: 'op_1', tenant: 'agy_1', type: 'credentials.key_revoked', targets: ['key:1'] },
  at: '2026-11-22T03:00:00.000Z',
}
const takings: readonly Taking[] = [{ path: 'credentials/a', fields: { accounts: { acc_1: 'placement' } } }]

test('F-38 a line carries what was taken away as one text', () => {
  const taken = takenText(takings)
  expect(typeof taken).toBe('string')
  expect(auditLine.parse({ ...line, taken }).taken).toEqual(takings)
  expect(auditLine.parse({ ...line, taken: takenText(undefined) }).taken).toBe('unknown')
  expect(auditLine.parse(line).taken).toBe(takenText([]))
})

test.each(['users', 'users/', 'users/..', 'users//a/b', 'users/__a__', 'tenants/a/members'])(
  'F-38 a line that names %j, which is no document, is not whole',
  (path) => {
    expect(auditLine.safeParse({ ...line, taken: takenText([{ path, gone: true }]) }).success).toBe(false)
  },
)

test.each(['', '{', '[{"path":7}]', '[{"path":"a","field":{}}]'])(
  'F-38 a line that says %j of it is not whole',
  (taken) => {
    expect(auditLine.safeParse({ ...line, taken }).success).toBe(false)
  },
)

test('F-38 the longest line fits into what a log takes: a key with a thousand accounts, narrowed while it is being rotated', () => {
  const accounts = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [`acc_${String(index).padStart(22, '0')}`, 'p'.repeat(22)]),
  )
  const [, ...fewer] = Object.entries(accounts)
  const moments = { momentIn: () => undefined, stored: (at: unknown) => at }
  const of = (collection: string, before: unknown, after: unknown) =>
    takenBy(
      { path: 'x'.repeat(100), collection, before: { accounts: before }, fields: { accounts: after } },
      moments,
    ) ?? []
  const secret = of('credentials', accounts, Object.fromEntries(fewer))
  const key = of('tenants/*/apiKeys', Object.keys(accounts), Object.keys(Object.fromEntries(fewer)))
  const text = JSON.stringify(takenText([secret, secret, key].flat()))
  expect(text.length).toBeGreaterThan(100_000)
  expect(text.length).toBeLessThan(175_000)
})
