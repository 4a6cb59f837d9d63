// The verifier against every way to change a log: whatever was done to an export is found, and its place is named.

import { redactEvent } from '@latchkey/core/audit/commitment'
import type { AnchorRecord } from '@latchkey/core/audit/export-lines'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../../platform/seal.ts'
import { exportOf, makeLog, newSigner, signer, verified } from './log.fixture.ts'

type Lines = ReturnType<typeof exportOf>

const log = makeLog([
  { acc_one: 3, acc_two: 2, agy_all: 1 },
  { acc_one: 1 },
  { acc_two: 4, agy_all: 2 },
  { acc_one: 2, acc_two: 1, agy_all: 1, platform: 1, acc_three: 3 },
])
const eventAt = (lines: Lines, position: number): number => lines.findIndex((line) => line['position'] === position)
const kindAt = (lines: Lines, kind: string, nth = 0): number =>
  lines.flatMap((line, index) => (line['kind'] === kind ? [index] : []))[nth] ?? -1
const without = (lines: Lines, index: number): Lines => lines.toSpliced(index, 1)

const one = exportOf(log, 'acc_one')

describe('an export that nobody touched', () => {
  test.each(['acc_one', 'acc_two', 'agy_all', 'platform', 'acc_three'])(
    'is whole, with and without anchors: %s',
    (tenant) => {
      const lines = exportOf(log, tenant)
      const events = lines.filter((line) => line['kind'] === 'event').length
      expect(verified(lines)).toMatchObject({ tenant, events, last: events, after: 0, faults: [] })
      expect(verified(lines, { anchors: log.anchors })).toMatchObject({ anchors: 4, faults: [] })
    },
  )

  test('is whole in parts, each of which goes on after the one before, also amid a seal', () => {
    const cut = kindAt(one, 'segment', 1)
    const head = { sequence: 1, last: 3, hash: one[cut]?.['previous'] }
    const seal = one[cut - 1]
    const parts = [
      ...one.slice(0, cut - 1),
      { kind: 'end', head },
      { kind: 'log', version: 1, tenant: 'acc_one', after: head },
      seal,
      ...one.slice(cut),
    ]
    expect(verified(parts)).toMatchObject({ events: 6, faults: [] })
    const second = parts.slice(parts.findIndex((line, index) => index > 0 && line?.['kind'] === 'log'))
    expect(verified(second)).toMatchObject({ events: 3, after: 3, faults: [] })
  })
})

describe('C-148 what was done to a log is named:', () => {
  const edited = (position: number, change: object): Lines => {
    const at = eventAt(one, position)
    return one.with(at, { ...one[at], fields: { ...(one[at]?.['fields'] as object), ...change } })
  }

  test('an edited event', () => {
    expect(verified(edited(2, { reason: 'nobody asked' })).faults).toEqual([
      expect.objectContaining({ kind: 'edited', tenant: 'acc_one', position: 2, event: 'op_acc_one_2' }),
    ])
  })

  test('a field that was added, and one that was taken away without its hash', () => {
    expect(verified(edited(2, { more: 1 })).faults).toMatchObject([{ kind: 'edited', position: 2 }])
    const at = eventAt(one, 2)
    const rest = JSON.parse(JSON.stringify({ ...(one[at]?.['fields'] as object), reason: undefined }))
    expect(verified(one.with(at, { ...one[at], fields: rest })).faults).toMatchObject([{ kind: 'edited', position: 2 }])
  })

  test('a removed event, at the beginning, amid and at the end', () => {
    for (const position of [1, 2, 6])
      expect(verified(without(one, eventAt(one, position))).faults).toEqual([
        expect.objectContaining({ kind: 'removed', position, event: `op_acc_one_${position}` }),
      ])
  })

  test('two events in each other’s place', () => {
    const [second, third] = [eventAt(one, 2), eventAt(one, 3)]
    const swapped = one.with(second, one[third] ?? {}).with(third, one[second] ?? {})
    expect(verified(swapped).faults).toMatchObject([
      { kind: 'removed', position: 2, event: 'op_acc_one_2' },
      { kind: 'foreign', event: 'op_acc_one_2' },
    ])
  })

  test('an event that is there twice', () => {
    const at = eventAt(one, 4)
    expect(verified(one.toSpliced(at, 0, one[at] ?? {})).faults).toMatchObject([
      { kind: 'foreign', event: 'op_acc_one_4' },
    ])
  })

  test('an event that was never sealed', () => {
    const forged = { ...one[eventAt(one, 3)], id: 'op_forged' }
    expect(verified(one.toSpliced(eventAt(one, 3), 0, forged)).faults).toMatchObject([
      { kind: 'foreign', position: 3, event: 'op_forged' },
    ])
  })

  test('a segment that was left out with its events, seal and all', () => {
    const from = kindAt(one, 'seal', 1)
    const left = one.toSpliced(from, kindAt(one, 'seal', 2) - from)
    expect(verified(left).faults).toMatchObject([{ kind: 'chain', position: 4 }])
  })

  test('another tenant’s segment in the place of one', () => {
    const two = exportOf(log, 'acc_two')
    const spliced = [...one.slice(0, kindAt(one, 'segment', 1)), ...two.slice(kindAt(two, 'segment')), ...one.slice(-1)]
    expect(verified(spliced).faults[0]).toMatchObject({ kind: 'foreign', tenant: 'acc_one', position: 4 })
  })

  test('another tenant’s segment under this one’s name: its seal says nothing of it', () => {
    const two = exportOf(log, 'acc_two').map((line) =>
      line['kind'] === 'log' || line['kind'] === 'segment' ? { ...line, tenant: 'acc_one' } : line,
    )
    expect(verified(two).faults[0]).toMatchObject({ kind: 'seal', tenant: 'acc_one', position: 1 })
  })

  test('a chain with two segments of one number', () => {
    const fork = exportOf(makeLog([{ acc_one: 2 }]), 'acc_one').slice(1, -1)
    expect(verified([...one.slice(0, -1), ...fork, ...one.slice(-1)]).faults).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'seal' }),
        expect.objectContaining({ kind: 'chain', position: 1 }),
      ]),
    )
  })

  test('a seal that is missing', () => {
    expect(verified(without(one, kindAt(one, 'seal', 1))).faults).toMatchObject([{ kind: 'seal', position: 4 }])
  })

  test('a log that was sealed by another key, under this one’s name', () => {
    const thief = newSigner('seal-one')
    const forged = exportOf(makeLog([{ acc_one: 3 }], { by: thief }), 'acc_one')
    expect(verified(forged).faults).toMatchObject([{ kind: 'signature', position: 1 }])
    expect(verified(forged, { keys: [thief.key] }).faults).toEqual([])
  })

  test('a seal by a key that does not count any more', () => {
    expect(verified(one, { keys: [] }).faults.map(({ kind }) => kind)).toEqual(['signature', 'signature', 'signature'])
  })

  test('a seal by a key that was declared compromised: what the second place holds from before still counts', () => {
    const stolen = { ...signer.key, lastSeal: { epoch: 1, sequence: 2 } }
    expect(verified(one, { keys: [stolen], anchors: log.anchors.slice(0, 2) }).faults).toMatchObject([
      { kind: 'signature', position: 5 },
      { kind: 'signature', position: 5 },
    ])
    const before = one.slice(0, kindAt(one, 'seal', 2))
    const kinds = (anchors: readonly AnchorRecord[]) =>
      verified(before, { keys: [stolen], anchors }).faults.map(({ kind }) => kind)
    expect(kinds(log.anchors.slice(0, 2))).toEqual(['truncated'])
    expect(kinds([])).toEqual(['signature', 'signature', 'truncated', 'anchor'])
  })

  test('an end that was cut off', () => {
    expect(verified(one.slice(0, -1)).faults).toMatchObject([{ kind: 'truncated', position: 7 }])
    const short = [...one.slice(0, kindAt(one, 'seal', 2)), ...one.slice(-1)]
    expect(verified(short).faults).toMatchObject([{ kind: 'truncated', position: 5 }])
  })

  const shorter = makeLog([{ acc_one: 3, acc_two: 2, agy_all: 1 }, { acc_one: 1 }])

  test('an end that was cut off by whoever wrote a fitting end, with an anchor of later', () => {
    const short = exportOf(shorter, 'acc_one')
    expect(verified(short).faults).toEqual([])
    expect(verified(short, { anchors: log.anchors.slice(3) }).faults).toEqual([
      expect.objectContaining({ kind: 'truncated', tenant: 'acc_one', position: 5 }),
    ])
    expect(verified(short, { anchors: log.anchors.slice(0, 2) }).faults).toEqual([])
  })

  test('C-148 an end that was cut off and has grown anew under seals of the right key, with the anchors of before', () => {
    const others = { acc_two: 1, agy_all: 1 }
    const regrown = makeLog([
      { acc_one: 3, acc_two: 2, agy_all: 1 },
      ...[others, others, others],
      ...[{ acc_one: 2 }, { acc_one: 1 }, { acc_one: 1 }],
    ])
    const lines = exportOf(regrown, 'acc_one')
    expect(verified(lines)).toMatchObject({ faults: [] })
    const { faults } = verified(lines, { anchors: log.anchors })
    expect(faults).toContainEqual(
      expect.objectContaining({
        kind: 'anchor',
        position: 4,
        sentence: 'in the second place segment 2 is another one',
      }),
    )
  })

  test('C-148 an event that was sealed once more, at a later place', () => {
    const again = makeLog([{ acc_one: 2 }, { acc_one: 1 }], { different: 2 })
    const { faults } = verified(exportOf(again, 'acc_one'))
    expect(faults).toContainEqual(
      expect.objectContaining({ kind: 'foreign', sentence: 'the event op_acc_one_1 was sealed twice' }),
    )
  })

  test('no end of a stretch that stops before the end of the chain, also amid a seal', () => {
    const short = exportOf(shorter, 'acc_one')
    expect(verified(short, { anchors: log.anchors, isEnd: false }).faults).toEqual([])
    expect(verified(short, { anchors: log.anchors, isEnd: true }).faults).not.toEqual([])
  })

  test('a log that was written and sealed anew by the right key, with an anchor of before', () => {
    const anew = exportOf(makeLog([{ acc_one: 2 }, { acc_one: 1 }]), 'acc_one')
    expect(verified(anew).faults).toEqual([])
    expect(verified(anew, { anchors: log.anchors }).faults).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ kind: 'anchor', position: 1 })]),
    )
  })

  test('a second place that was touched itself', () => {
    const [first, second, third, fourth] = log.anchors
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) throw new Error()
    const faults = (anchors: readonly AnchorRecord[]) => verified(one, { anchors }).faults.map(({ kind }) => kind)
    expect(faults([first, third, fourth])).toEqual(['anchor'])
    expect(faults([first, second, third, { ...fourth, leaves: fourth.leaves.slice(1) }])).toEqual(['anchor'])
    expect(faults([first, second, third, fourth, fourth])).toEqual(['anchor'])
    expect(faults([first, second, third, { ...fourth, signature: third.signature }])).toEqual(['anchor'])
  })
})

/** Every place in a line where a value stands. */
const placesIn = (value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] => {
  if (typeof value !== 'object' || value === null) return [path]
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return entries.flatMap(([key, inner]) => placesIn(inner, [...path, key]))
}
const changedAt = (
  value: unknown,
  [key, ...rest]: readonly (string | number)[],
  change: (old: unknown) => unknown,
): unknown => {
  if (key === undefined) return change(value)
  if (Array.isArray(value)) return value.with(Number(key), changedAt(value[Number(key)], rest, change))
  const fields = value as Record<string, unknown>
  return { ...fields, [key]: changedAt(fields[key], rest, change) }
}
/** Another value of the same kind: what a careful hand would write. */
const another = (old: unknown, random: number): unknown => {
  if (typeof old === 'number') return old + 1 + (random % 3)
  if (typeof old === 'boolean') return !old
  if (old === null) return 'x'
  const text = String(old)
  const at = random % Math.max(1, text.length)
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}

describe('C-148 any single change of an export', () => {
  const mutation = fc.record({
    tenant: fc.constantFrom('acc_one', 'acc_two', 'agy_all', 'platform'),
    how: fc.constantFrom('drop', 'twice', 'swap', 'change', 'move'),
    at: fc.nat(),
    to: fc.nat(),
    random: fc.nat(),
  })
  const mutated = (lines: Lines, { how, at, to, random }: { how: string; at: number; to: number; random: number }) => {
    const [here, there] = [at % lines.length, to % lines.length]
    const [line, other] = [lines[here] ?? {}, lines[there] ?? {}]
    if (how === 'drop') return lines.toSpliced(here, 1)
    if (how === 'twice') return lines.toSpliced(there, 0, line)
    if (how === 'swap') return lines.with(here, other).with(there, line)
    if (how === 'move') return lines.toSpliced(here, 1).toSpliced(there % (lines.length - 1), 0, line)
    const places = placesIn(line)
    const place = places[to % places.length] ?? []
    return lines.with(here, changedAt(line, place, (old) => another(old, random)) as Lines[number])
  }

  test('is found, and the tenant and a position are named', () => {
    fc.assert(
      fc.property(mutation, ({ tenant, ...change }) => {
        const lines = exportOf(log, tenant)
        const after = mutated(lines, change)
        fc.pre(JSON.stringify(after) !== JSON.stringify(lines))
        const { faults } = verified(after)
        expect(faults.length).toBeGreaterThan(0)
        expect(faults[0]?.position).toBeGreaterThan(0)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('redaction', () => {
  const redacted = (lines: Lines, position: number, slots: readonly string[]): Lines => {
    const at = eventAt(lines, position)
    const { kind, position: same, ...event } = lines[at] ?? {}
    return lines.with(at, { kind, position: same, ...redactEvent(sha256, event as never, slots) } as Lines[number])
  }
  const slots = ['details.email', 'reason', 'actor.principal', 'targets', 'outcome.count', 'details.role']

  test('takes personal data out of any event and leaves the log whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.subarray(slots, { minLength: 1 }),
        fc.subarray(slots),
        (position, some, more) => {
          const redactedLater = new Map([[`op_acc_one_${position}`, slots]])
          const whole = { redactions: [{ position, covered: true }], faults: [] }
          const first = redacted(one, position, some)
          expect(verified(first, { anchors: log.anchors, redactedLater })).toMatchObject(whole)
          const twice = redacted(first, position, more)
          expect(verified(twice, { redactedLater })).toMatchObject(whole)
          const text = JSON.stringify(twice[eventAt(twice, position)])
          expect(text.includes(`guest${position}@`)).toBe(![...some, ...more].includes('details.email'))
        },
      ),
    )
  })

  test('that no event of the log admits is damage; one that is admitted field by field is none', () => {
    const admitting = makeLog([{ acc_one: 1 }], {
      from: log,
      also: { type: 'audit.redacted', details: { event: 'op_acc_one_2', fields: ['reason', 'details.email'] } },
    })
    const lines = exportOf(admitting, 'acc_one')
    expect(verified(lines)).toMatchObject({ redactions: [], faults: [] })
    const lawful = redacted(lines, 2, ['reason', 'details.email'])
    expect(verified(lawful)).toMatchObject({
      redactions: [{ event: 'op_acc_one_2', position: 2, fields: ['details.email', 'reason'], covered: true }],
      faults: [],
    })
    for (const [position, taken] of [
      [2, ['reason', 'details.role']],
      [3, ['reason']],
    ] as const)
      expect(verified(redacted(lines, position, taken))).toMatchObject({
        redactions: [{ position, covered: false }],
        faults: [{ kind: 'redacted', position, event: `op_acc_one_${position}` }],
      })
  })

  test('is admitted by an event at an earlier place, too: positions are no clock', () => {
    const admitting = makeLog([{ acc_one: 1 }], {
      also: { type: 'audit.redacted', details: { event: 'op_acc_one_2', fields: ['reason'] } },
    })
    const lines = redacted(exportOf(makeLog([{ acc_one: 2 }], { from: admitting }), 'acc_one'), 2, ['reason'])
    expect(verified(lines)).toMatchObject({ redactions: [{ position: 2, covered: true }], faults: [] })
  })

  test('leaves where an account was: the reconciler looks for its events there', () => {
    const moved = makeLog([{ acc_one: 1 }], {
      also: { type: 'tenancy.tenant_moved', details: { from: 'agy_one', to: 'agy_two', note: 'personal' } },
    })
    const lines = exportOf(moved, 'acc_one')
    const taken = redacted(lines, 1, ['details.from', 'details.to', 'details.note'])
    expect(taken[eventAt(taken, 1)]).toMatchObject({ fields: { details: { from: 'agy_one', to: 'agy_two' } } })
    expect(Object.keys(taken[eventAt(taken, 1)]?.['removed'] as object)).toEqual(['details.note'])
  })

  test('of what an admission says is an edit', () => {
    const admitting = makeLog([{ acc_one: 1 }], {
      from: log,
      also: { type: 'audit.redacted', details: { event: 'op_acc_one_2', fields: ['reason'] } },
    })
    const lines = exportOf(admitting, 'acc_one')
    expect(redacted(lines, 7, ['details.fields'])).toEqual(redacted(lines, 7, []))
    expect(redacted(lines, 7, ['actor.principal'])).not.toEqual(redacted(lines, 7, []))
  })

  test('keeps nothing that would confirm a guess: neither the salt of the event nor that of the field', () => {
    const line = redacted(one, 2, ['details.email'])[eventAt(one, 2)]
    expect(line).not.toHaveProperty('salt')
    expect(Object.keys(line?.['salts'] as object)).not.toContain('details.email')
    expect(Object.keys(line?.['removed'] as object)).toEqual(['details.email'])
  })

  test('C-148 does not take out what happened, where or when; whoever does it by hand is found', () => {
    const at = eventAt(one, 2)
    expect(redacted(one, 2, ['type', 'tenant', 'after'])[at]).toMatchObject({
      fields: { type: 'directory.member_invited' },
    })
    const { fields, salts, removed, ...line } = redacted(one, 2, ['reason'])[at] as unknown as {
      readonly [name in 'fields' | 'salts' | 'removed']: Record<string, string>
    }
    const salt = String(one[at]?.['salt'])
    // As whoever can read the salt can do it: all hashes hold.
    const saltOfType = salts['type'] ?? ''
    const hashOfType = sha256(`latchkey.audit.field.v1\n${saltOfType}\n${JSON.stringify(['type', fields['type']])}`)
    const { type: _type, ...others } = fields
    const { type: _salt, ...left } = salts
    const blanked = { ...line, fields: others, salts: left, removed: { ...removed, type: hashOfType } }
    expect(salt).not.toBe('')
    const said = new Map([['op_acc_one_2', ['reason', 'type']]])
    expect(verified(one.with(at, blanked as unknown as Lines[number]), { redactedLater: said }).faults).toEqual([
      expect.objectContaining({ kind: 'edited', position: 2, sentence: '`type` was taken out, which nobody may' }),
    ])
  })

  test('hides no edit: of what is left, of what is gone, and none of a value put back', () => {
    const lines = redacted(one, 2, ['details.email'])
    const at = eventAt(lines, 2)
    const line = lines[at] as { fields: object; removed: object; salts: object }
    for (const change of [
      { fields: { ...line.fields, reason: 'other' } },
      { removed: { 'details.email': sha256('other') } },
      { removed: {} },
      { removed: { ...line.removed, reason: sha256('other') } },
      { fields: { ...line.fields, details: { email: 'other@people.example', role: 'account.viewer' } } },
    ])
      expect(verified(lines.with(at, { ...line, ...change } as Lines[number])).faults).toMatchObject([
        { kind: 'edited', position: 2 },
      ])
  })
})
