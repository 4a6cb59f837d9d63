// The registry as a whole: each kind says something true to somebody, and a new one is one entry.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { instantOf } from '../kernel/time.ts'
import type { Kind, NoticeEvent, NoticeFacts, Registry } from './kind.ts'
import { kindNames, kinds } from './kinds.ts'
import { kindOfEvent, noticeId, noticeIdPattern, noticesBefore, personIn, shownNotice } from './notice.ts'

const registry: Registry = kinds
const at = instantOf(Date.UTC(2026, 10, 22, 9, 30))
const event = (type: string, more: Partial<NoticeEvent> = {}): NoticeEvent => ({
  id: 'op_1',
  type,
  tenant: 'agy_1',
  actor: 'user:olivia',
  targets: ['key:key_1', 'user:nora'],
  details: {
    endsAt: '2026-12-01T08:00:00.000Z',
    scopes: ['contacts.readonly'],
    signedInAt: '2026-11-22T09:00:00.000Z',
  },
  at,
  ...more,
})
const factsOf = (type: string, more: Partial<NoticeFacts> = {}): NoticeFacts => ({
  event: event(type),
  tenantName: 'Northwind',
  subject: 'Shop',
  actorName: 'Olivia',
  ...more,
})

describe.each(Object.entries(registry))('%s', (_name, kind: Kind) => {
  test.each([...kind.from])('says in one line and a few sentences what %s means', (type) => {
    const { title, lines } = kind.text(factsOf(type))
    expect(title).toMatch(/^[A-Z].{10,150}$/)
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(line).toMatch(/^[A-Z].*[.:\w]$/)
    expect(`${title}${lines.join('')}`).not.toMatch(/undefined|null|NaN|\[object|“”/)
  })

  test('security is never noisy, and what will end says until when', () => {
    expect(kind.security && kind.noisy).toBe(false)
    expect(kind.until !== undefined).toBe(kind.from.some((type) => /_(expiring|ending)$/.test(type)))
  })
})

test('an event is of one kind at most, so that nobody hears of it twice', () => {
  const types = Object.values(registry).flatMap(({ from }) => from)
  expect(types).toEqual([...new Set(types)])
})

const whoIsTold: Readonly<Record<Kind['told'], string>> = {
  person: 'the person',
  holder: 'who has it; of a service account or team, the owners',
  owners: 'the owners of the tenant',
  platform: 'the owners of the platform',
}

test('the page of kinds says what the registry says, row by row', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/notifications.md'), 'utf8')
  const rows = page
    .split('\n')
    .flatMap((line) => (line.startsWith('| `') ? [line.split('|').map((cell) => cell.trim())] : []))
  const expected = Object.entries(registry).map(([name, kind]) => [
    ...['', `\`${name}\``, kind.label, kind.from.map((type) => `\`${type}\``).join(', '), whoIsTold[kind.told]],
    ...[kind.severity, kind.security ? 'at once, always' : kind.noisy ? 'digest' : 'at once'],
    ...[kind.awaited ? 'later' : 'now', ''],
  ])
  expect(rows).toEqual(expected)
})

test('only kinds whose events something makes can be chosen', () => {
  for (const [name, kind] of Object.entries(registry))
    expect((kindNames as readonly string[]).includes(name)).toBe(kind.awaited !== true)
})

test('what its source brings later is one entry: a kind of a test is found by its event, and told', () => {
  const more: Registry = { ...registry, domain_verified: { ...kinds.app_installed, from: ['sso.domain_verified'] } }
  expect(kindOfEvent('sso.domain_verified')).toBeUndefined()
  expect(kindOfEvent('sso.domain_verified', more)?.name).toBe('domain_verified')
})

test('the person is the first that an event names; what a service account or a team has is nobody’s own', () => {
  expect(personIn(event('x'))).toBe('nora')
  for (const other of [`service:svc_${'0'.repeat(22)}`, `team:tea_${'0'.repeat(22)}`])
    expect(personIn({ targets: ['key:key_1', other, 'user:nora'] })).toBeUndefined()
  expect(personIn({ targets: ['key:key_1'] })).toBeUndefined()
})

test('F-17 the id comes from the event alone, and in the order of ids the newest come first', () => {
  const later = instantOf(at + 1)
  expect(noticeId(at, 'op_1')).toBe(noticeId(at, 'op_1'))
  expect(noticeId(at, 'op_1')).toMatch(noticeIdPattern)
  expect([noticeId(at, 'op_1'), noticeId(later, 'op_0')].sort()).toEqual([
    noticeId(later, 'op_0'),
    noticeId(at, 'op_1'),
  ])
  expect(noticesBefore(at) > noticeId(at, 'op_zzz')).toBe(true)
  expect(noticesBefore(at) < noticeId(instantOf(at - 1), 'op_0')).toBe(true)
})

test('C-147 a hostile name breaks no line, turns no sentence round and grows no longer than a name', () => {
  const hostile = `Evil\r\nBcc: all@x.example\u202e\u0000${'x'.repeat(500)}`
  for (const [name, kind] of Object.entries(registry)) {
    const shown = shownNotice(
      name,
      kind,
      factsOf(kind.from[0] ?? '', { tenantName: hostile, subject: hostile, actorName: hostile }),
    )
    expect(`${shown.title}${shown.text}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    expect(shown.title.length).toBeLessThan(400)
  }
})
