// Each collection has its door; what the table does not name cannot be written at all (DESIGN.md §5).
import { describe, expect, test } from 'vitest'
import { collectionOf, collectionsOf, type Door, fieldsAt, mayWrite } from './collections.ts'

const doors: readonly Door[] = ['commit', 'project', 'operate']
const writers = (path: string): readonly Door[] => doors.filter((door) => mayWrite(door, path))

test.each([
  ['tenants/acc_1', 'tenants'],
  ['tenants/acc_1/members/u1', 'tenants/*/members'],
  ['tenants/acc_1/policy/current', 'tenants/*/policy'],
  ['users/u1/tenants/acc_1', 'users/*/tenants'],
])('%s lies in %s', (path, collection) => {
  expect(collectionOf(path)).toBe(collection)
})

describe('a document is written by', () => {
  test.each<[string, readonly Door[]]>([
    ['tenants/acc_1', ['commit']],
    ['tenants/acc_1/assignments/asg_1', ['commit']],
    ['tenants/acc_1/audit/op_1', ['commit']],
    ['credentials/c1', ['commit']],
    ['signingKeys/access', ['commit']],
    ['users/u1', ['commit']],
    ['users/u1/preferences/notifications', ['commit']],
    ['users/u1/notifications/n1', ['commit', 'project']],
    ['tenants/acc_1/grants/user:u1', ['commit', 'project']],
    ['tenants/acc_1/apiKeys/key_1', ['commit', 'project']],
    ['tenants/acc_1/viewers/u1', ['project']],
    ['users/u1/sessions/1', ['project']],
    ['idempotency/x', ['commit', 'operate']],
    ['jobs/sweepExpired', ['operate']],
    ['parked/x', ['operate']],
    ['mails/x', ['operate']],
    ['digests/u1', ['operate']],
  ])('%s by %j', (path, allowed) => {
    expect(writers(path)).toEqual(allowed)
  })

  test.each([
    ...[
      'signingKeys/access/more/x',
      'tenants/acc_1/secrets/x',
      'users/u1/admin/x',
      'Tenants/acc_1',
      'tenants ',
      '',
      'tenants',
    ],
    ...['tenants/acc_1/members', 'tenants/acc_1/members/u1/x', 'tenants/acc_1/members/u1/more/x', 'x/tenants/acc_1'],
    ...['tenants/acc_1/../credentials/c1', '/tenants/acc_1', '__proto__/x', 'constructor/x'],
  ])('nobody: %j', (path) => {
    expect(writers(path)).toEqual([])
  })
})

test('what decides or proves is only ever committed: no background door reaches it', () => {
  for (const collection of ['policy', 'assignments', 'roles', 'members', 'audit'].map((name) => `tenants/*/${name}`)) {
    expect(collectionsOf('commit')).toContain(collection)
    expect([...collectionsOf('project'), ...collectionsOf('operate')]).not.toContain(collection)
  }
  for (const collection of ['credentials', 'signingKeys'])
    expect([...collectionsOf('project'), ...collectionsOf('operate')]).not.toContain(collection)
})

test('where a door shares documents with another, it may touch named fields only, and none that decides', () => {
  expect(fieldsAt.project).toEqual({ 'tenants/*/apiKeys': ['lastUsedAt', 'previousUsedAt'] })
  expect(fieldsAt.operate).toEqual({ outbox: ['toRelay', 'toSeal', 'seal'] })
  for (const door of doors)
    for (const collection of Object.keys(fieldsAt[door] ?? {})) expect(collectionsOf(door)).toContain(collection)
})

test('reminders touch the field that they are found by, and nothing else of what they speak of', () => {
  for (const collection of collectionsOf('remind')) expect(fieldsAt.remind?.[collection]).toEqual(['remind'])
})

test('no collection is named twice at one door', () => {
  for (const door of doors) expect(new Set(collectionsOf(door)).size).toBe(collectionsOf(door).length)
})
