// Any history of seals and restores: the log that lives is whole but for what was lost, of which all is named, and no other log passes for it.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exportOf, type Made, makeLog, restored, verified } from './log.fixture.ts'

const tenants = ['acc_one', 'acc_two'] as const

type Step = { readonly seal: Readonly<Record<string, number>> } | { readonly restoreTo: number }

const rounds = fc
  .record({ acc_one: fc.nat(2), acc_two: fc.nat(1), acc_other: fc.constant(1) })
  .map((round) => ({ seal: Object.fromEntries(Object.entries(round).filter(([, count]) => count > 0)) }))
const history = fc.array(fc.oneof({ weight: 3, arbitrary: rounds }, fc.record({ restoreTo: fc.nat() })), {
  minLength: 2,
  maxLength: 12,
})

/** Every state that was sealed, the last being the one that lives, and all that the second place got. */
const lived = (steps: readonly Step[]) => {
  const states: Made[] = [makeLog([{ acc_one: 1, acc_other: 1 }])]
  const anchors = new Map(states.flatMap((made) => made.anchors).map((seal) => [`1/${seal.sequence}`, seal]))
  let epoch = 1
  for (const step of steps) {
    const backup = 'seal' in step ? states.at(-1) : states[step.restoreTo % states.length]
    if (backup === undefined) continue
    if ('restoreTo' in step) epoch++
    const round = 'seal' in step ? step.seal : { acc_other: 1 }
    const made = makeLog([round], { from: restored(backup, backup.anchors.length), epoch })
    for (const seal of made.anchors) anchors.set(`${seal.epoch}/${seal.sequence}`, seal)
    states.push(made)
  }
  return { states, anchors: [...anchors.values()] }
}

const eventsOf = (made: Made, tenant: string): readonly (readonly [id: string, position: number])[] =>
  made.segments
    .filter((segment) => segment.tenant === tenant)
    .flatMap(({ first, events }) => events.map(({ id }, at) => [id, first + at] as const))

const cutOff = (made: Made, tenant: string): Made => {
  const last = made.segments.findLastIndex((segment) => segment.tenant === tenant)
  return { ...made, segments: made.segments.toSpliced(last, 1) }
}

test('F-38 C-148 after any restores, to whatever state: all that was lost is named, and nothing else', () => {
  fc.assert(
    fc.property(history, fc.constantFrom(...tenants), (steps, tenant) => {
      const { states, anchors } = lived(steps)
      const living = states.at(-1)
      if (living === undefined) throw new Error('a history has a state')
      const own = eventsOf(living, tenant)
      const ids = new Set(own.map(([id]) => id))
      const lost = states.flatMap((state) => eventsOf(state, tenant)).filter(([id]) => !ids.has(id))
      const { faults } = verified(exportOf(living, tenant), { anchors })
      expect(faults.filter(({ kind }) => kind !== 'lost')).toEqual([])
      expect(faults.length > 0).toBe(lost.length > 0)
      const named = faults.map(({ position = 0, sentence }) => [position, Number(/position (\d+)/.exec(sentence)?.[1])])
      for (const [id, position] of lost)
        expect(
          named.some(([from = 0, to = 0]) => from <= position && position <= to),
          id,
        ).toBe(true)
    }),
    { numRuns: 150 },
  )
})

test('C-148 no state of before passes for the one that lives, and neither does that without its end', () => {
  fc.assert(
    fc.property(history, fc.constantFrom(...tenants), fc.nat(), (steps, tenant, which) => {
      const { states, anchors } = lived(steps)
      const [living, other] = [states.at(-1), states[which % states.length]]
      if (living === undefined || other === undefined) throw new Error('a history has a state')
      const own = eventsOf(living, tenant)
      const shown = (made: Made) => verified(exportOf(made, tenant), { anchors }).faults
      if (JSON.stringify(eventsOf(other, tenant)) !== JSON.stringify(own)) expect(shown(other)).not.toEqual([])
      if (own.length > 0) expect(shown(cutOff(living, tenant)).map(({ kind }) => kind)).toContain('truncated')
    }),
    { numRuns: 150 },
  )
})

test('C-148 nothing that the right key signed on to a state that is over passes for the log', () => {
  fc.assert(
    fc.property(history, fc.nat(), (steps, which) => {
      const { states, anchors } = lived(steps)
      const [living, other] = [states.at(-1), states[which % states.length]]
      if (living === undefined || other === undefined) throw new Error('a history has a state')
      fc.pre(other !== living)
      const epoch = other.anchors.at(-1)?.epoch ?? 1
      const forged = makeLog([{ acc_other: 2 }, { acc_one: 3 }], { from: other, epoch, also: { reason: 'forged' } })
      expect(verified(exportOf(forged, 'acc_one'), { anchors }).faults).not.toEqual([])
    }),
    { numRuns: 150 },
  )
})
