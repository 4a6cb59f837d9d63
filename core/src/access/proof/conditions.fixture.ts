// Real conditions for generated worlds, compiled once: over each of the four things that a condition sees, true, false and in error.
import { brokenCondition, type Condition, compileCondition } from '../condition.ts'
import type { AttributeMap } from '../facts.ts'

const sources = [
  'resource.ownerId == subject.id',
  'subject.department == "sales"',
  'subject.department == "sales" && "north" in subject.regions',
  'subject.department != "support"',
  '"north" in subject.regions',
  '"west" in subject.regions',
  'action.permission.startsWith("notes.") || action.permission.startsWith("contacts")',
  'request.time < timestamp("2030-03-17T17:46:40Z")',
  'request.time >= timestamp("2030-03-17T17:46:40Z")',
  'request.time.getHours() < 18 && request.address == "192.0.2.1"',
  'has(resource.amount) && resource.amount <= 100.0',
  'resource.tags.exists(tag, tag == "vip")',
  'resource.missing.deeper == 1',
  'subject.kind == "service" || action.risk == "low"',
  '!(resource.ownerId == subject.id) && subject.department == "sales" || action.risk == "low"',
  'true',
  'false',
  '[1, 2][2] == 1',
] as const

/** The last one no longer compiles: it errs whatever it is asked. */
export const conditions: readonly Condition[] = sources.map((source) => {
  const compiled = compileCondition(source)
  return compiled.ok ? compiled.value : brokenCondition(source)
})

/** What nobody says of a subject. */
export const subjectAttributes: readonly AttributeMap[] = [
  { id: 'maria', kind: 'user' },
  { id: 'maria', kind: 'user' },
  { id: 'maria', kind: 'user', department: 'sales', regions: ['north', 'west'] },
  { id: 'maria', kind: 'service' },
  { id: 'maria' },
]

/** What the admins of one tenant say of a member; nobody makes another person of them. */
export const said: readonly AttributeMap[] = [
  { department: 'sales', regions: ['north'] },
  { department: 'support', regions: [] },
  { regions: ['west', 'north'] },
  { id: 'omar', kind: 'service' },
]

export const resources: readonly AttributeMap[] = [
  { ownerId: 'maria', amount: 50, tags: ['vip'] },
  { ownerId: 'omar', amount: 100, tags: [] },
  { ownerId: 'omar', tags: ['old', 'vip'], missing: { deeper: 1 } },
  {},
]

export const actions: readonly AttributeMap[] = [{ risk: 'low' }, { risk: 'high' }, {}]

/** The last one has no time: a condition on it errs. */
export const requestsAt = (now: number): readonly AttributeMap[] => [
  { time: new Date(now), address: '192.0.2.1' },
  { time: new Date(now - 1), address: '203.0.113.9' },
  { time: new Date(now + 1) },
  {},
]
