// What the second place adds: keys of its own, the end of a key that was stolen, and epochs after a restore.
import type { SealNumber } from '@latchkey/core/audit/chain'
import { publishedKeys } from '@latchkey/core/audit/verify/published-keys'
import { describe, expect, test } from 'vitest'
import { exportOf, makeLog, newSigner, restored, signedAnew, signer, verified } from './log.fixture.ts'

const log = makeLog([{ acc_one: 3, acc_two: 2 }, { acc_one: 1 }, { acc_one: 2, acc_two: 1 }, { acc_one: 1 }])
const one = exportOf(log, 'acc_one')
const until = (epoch: number, sequence: number): { readonly lastSeal: SealNumber } => ({
  lastSeal: { epoch, sequence },
})

describe('a key that was declared compromised', () => {
  test('ends with a number, whatever moment a seal says', () => {
    const faults = (sequence: number) =>
      verified(one, { keys: [{ ...signer.key, ...until(1, sequence) }], anchors: log.anchors }).faults
    expect(faults(4)).toEqual([])
    expect(faults(3).map(({ sentence }) => sentence)).toEqual([
      'seal 4 is by the key seal-one, which was declared compromised before',
      'seal 4 is by a compromised key, and not in the second place',
      'in the second place, seal 4 is by the key seal-one, which was declared compromised before',
    ])
    expect(faults(0)).not.toHaveLength(0)
  })

  test('counts for all of an earlier epoch and nothing of a later one', () => {
    const later = makeLog([{ acc_one: 1 }], { from: restored(log, 2), epoch: 2 })
    const anchors = [...log.anchors, ...later.anchors.slice(2)]
    const faults = (end: object) =>
      verified(exportOf(later, 'acc_one'), { keys: [{ ...signer.key, ...end }], anchors }).faults.map(
        ({ kind }) => kind,
      )
    expect(faults(until(2, 3))).toEqual(['lost'])
    expect(faults(until(1, 9))).toContain('signature')
  })

  test('C-148 ends there also for whoever keeps a key set from before beside the newer one', () => {
    const stolen = { ...signer.key, ...until(1, 3) }
    const sentence = 'seal 4 is by the key seal-one, which was declared compromised before'
    for (const keys of [
      [signer.key, stolen],
      [stolen, signer.key],
    ])
      expect(verified(one, { keys, anchors: log.anchors }).faults).toContainEqual(
        expect.objectContaining({ kind: 'signature', position: 7, sentence }),
      )
  })
})

describe('keys of the second place', () => {
  const other = newSigner('seal-other')

  test('judge every seal that it may know: one that only the database serves counts for nothing', () => {
    const forged = exportOf(makeLog([{ acc_one: 2 }], { by: other }), 'acc_one')
    const keys = [signer.key, other.key]
    expect(verified(forged, { keys })).toMatchObject({ faults: [] })
    const { faults } = verified(forged, { keys, anchors: log.anchors })
    expect(faults).toContainEqual(
      expect.objectContaining({
        kind: 'signature',
        position: 1,
        sentence: 'seal 1 is by the key seal-other, which the second place does not hold',
      }),
    )
    expect(verified(one, { keys: [other.key], anchors: log.anchors })).toMatchObject({ faults: [] })
  })

  test('name one that is published under the same name and is another', () => {
    const { key } = newSigner('seal-one')
    const { faults } = verified(one, { keys: [key], anchors: log.anchors })
    expect(faults[0]).toMatchObject({
      kind: 'signature',
      sentence: 'seal 1 is by the key seal-one, which is another one in the second place',
    })
  })

  test('C-148 prove nothing where no seal is: an empty folder is no second place', () => {
    expect(verified(one, { anchors: [] }).faults).toMatchObject([
      { kind: 'anchor', sentence: 'in the second place there is no seal' },
    ])
    expect(verified(exportOf(log, 'acc_none'), { anchors: [] }).faults).toEqual([])
  })

  test('say nothing of a seal that is younger than their copy', () => {
    const younger = makeLog([{ acc_one: 1 }], { from: log, by: other })
    const keys = [signer.key, other.key]
    expect(verified(exportOf(younger, 'acc_one'), { keys, anchors: log.anchors })).toMatchObject({ faults: [] })
  })
})

describe('published keys', () => {
  const point = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }
  const found = (value: unknown) => publishedKeys(value).map(({ kid, lastSeal }) => [kid, lastSeal])

  test('are found in a set, alone, and in the answer of `signing/list`; none of another purpose', () => {
    const seal = { ...point, kid: 'seal-a' }
    expect(found(seal)).toEqual([['seal-a', undefined]])
    expect(found({ keys: [seal, { ...point, kid: 'access-b' }] })).toEqual([['seal-a', undefined]])
    expect(found({ rings: [{ purpose: 'seal', keys: [{ kid: 'seal-a', state: 'active', jwk: seal }] }] })).toEqual([
      ['seal-a', undefined],
    ])
    expect(found('seal-a')).toEqual([])
  })

  test('end where they say; compromised ones that do not say it count for nothing', () => {
    const seal = { ...point, kid: 'seal-a' }
    const listed = (more: object) => ({ rings: [{ keys: [{ kid: 'seal-a', ...more, jwk: seal }] }] })
    expect(found({ keys: [{ ...seal, ...until(2, 7) }] })).toEqual([['seal-a', { epoch: 2, sequence: 7 }]])
    expect(found(listed({ compromisedAt: 'then', ...until(1, 5) }))).toEqual([['seal-a', { epoch: 1, sequence: 5 }]])
    expect(found(listed({ compromisedAt: 'then' }))).toEqual([['seal-a', { epoch: 1, sequence: 0 }]])
    expect(found(listed({ lastSeal: 'soon' }))).toEqual([['seal-a', { epoch: 1, sequence: 0 }]])
  })
})

describe('a log that goes on after a restore', () => {
  const before = restored(log, 2)
  const later = makeLog([{ acc_one: 1, acc_two: 3 }, { acc_one: 2 }], { from: before, epoch: 2 })
  const anchors = [...log.anchors, ...later.anchors.slice(2)]
  const living = exportOf(later, 'acc_one')
  const lost = {
    kind: 'lost',
    tenant: 'acc_one',
    position: 5,
    sentence: 'a restore lost the events to position 7, which were under seals 3 to 4 before epoch 2',
  }

  test('is whole but for what was lost, whose positions are named', () => {
    expect(verified(living, { anchors })).toMatchObject({ events: 7, anchors: 6, faults: [lost] })
    const { faults } = verified(exportOf(later, 'acc_two'), { anchors })
    const sentence = 'a restore lost the events to position 3, which were under seal 3 before epoch 2'
    expect(faults).toEqual([{ ...lost, tenant: 'acc_two', position: 3, sentence }])
  })

  test('needs the second place, which must hold what it goes on from', () => {
    const unknown = {
      kind: 'seal',
      position: 5,
      sentence: 'seal 3 is of epoch 2, and only the second place shows what that goes on from',
    }
    expect(verified(living).faults).toEqual([expect.objectContaining(unknown)])
    const { faults } = verified(living, { anchors: anchors.filter(({ sequence }) => sequence !== 2) })
    expect(faults).toContainEqual(expect.objectContaining(unknown))
    expect(faults).toContainEqual(
      expect.objectContaining({ sentence: 'in the second place, nothing is there that epoch 2 goes on from' }),
    )
  })

  test('still proves what was lost to whoever took it out before', () => {
    expect(verified(one, { anchors })).toMatchObject({
      events: 7,
      faults: [lost],
    })
    const edited = one.map((line) => (line['position'] === 6 ? { ...line, salt: 'another' } : line))
    expect(verified(edited, { anchors }).faults).toContainEqual(
      expect.objectContaining({ kind: 'edited', position: 6 }),
    )
  })

  test('takes no segment of the state that was lost for its own, and none of its own for that', () => {
    const spliced = [...living.slice(0, -1), ...one.slice(-3)]
    expect(verified(spliced, { anchors }).faults.length).toBeGreaterThan(1)
    const other = makeLog([{ acc_one: 1, acc_two: 2 }, { acc_one: 2 }], { from: before, epoch: 2 })
    expect(verified(exportOf(other, 'acc_one'), { anchors }).faults.map(({ kind }) => kind)).toContain('anchor')
  })

  test('lost nothing of what was sealed anew as it was', () => {
    const anew = signedAnew(log, { from: 3, epoch: 2 })
    const own = exportOf(anew, 'acc_one')
    const both = [...log.anchors, ...anew.anchors.slice(2)]
    expect(verified(own, { anchors: both })).toMatchObject({ events: 7, faults: [] })
    const half = signedAnew(makeLog([{ acc_one: 5 }], { from: restored(log, 3) }), { from: 3, epoch: 2 })
    const some = [...log.anchors, ...half.anchors.slice(2)]
    expect(verified(exportOf(half, 'acc_one'), { anchors: some }).faults).toEqual([{ ...lost, position: 7 }])
  })

  test('F-38 tells a tenant that has done nothing since of what was lost, and of no end that was cut off', () => {
    const quiet = makeLog([{ acc_one: 1 }], { from: before, epoch: 2 })
    const { faults } = verified(exportOf(quiet, 'acc_two'), { anchors: [...log.anchors, ...quiet.anchors.slice(2)] })
    const sentence = 'a restore lost the events to position 3, which were under seal 3 before epoch 2'
    expect(faults).toEqual([{ ...lost, tenant: 'acc_two', position: 3, sentence }])
  })

  test('C-148 is cut off where its end is of before the restore, and where it is of what was lost', () => {
    const short = exportOf(before, 'acc_one')
    expect(verified(short, { anchors }).faults).toContainEqual(expect.objectContaining({ kind: 'truncated' }))
    const kept = signedAnew(log, { from: 3, epoch: 2 })
    const grown = makeLog([{ acc_one: 1 }], { from: kept, epoch: 2 })
    const both = [...log.anchors, ...grown.anchors.slice(2)]
    expect(verified(exportOf(grown, 'acc_one'), { anchors: both }).faults).toEqual([])
    expect(verified(one, { anchors: both }).faults).toMatchObject([{ kind: 'truncated', position: 8 }])
  })

  test('C-148 takes no seal of an epoch that was over: the second place would hold it', () => {
    const quiet = makeLog([{ acc_two: 1 }], { from: before, epoch: 2 })
    // The right key signs on where the log was left, under numbers that nobody had given out.
    const aside = makeLog([{ acc_two: 1 }, { acc_two: 1 }, { acc_one: 2 }], { from: before })
    const shown = { ...aside, anchors: aside.anchors.map((seal) => quiet.anchors[seal.sequence - 1] ?? seal) }
    const lines = exportOf(shown, 'acc_one')
    const { faults } = verified(lines, { anchors: [...before.anchors, ...quiet.anchors.slice(2)] })
    expect(faults).toContainEqual(
      expect.objectContaining({
        kind: 'anchor',
        position: 5,
        sentence: 'seal 5 is of epoch 1, and the second place, which holds later ones, does not hold it',
      }),
    )
  })

  test('F-38 goes on after a second restore, to a state from between the first one and the backup of that', () => {
    const wrong = makeLog([{ acc_one: 4 }, { acc_one: 1 }], { from: before, epoch: 2 })
    const right = makeLog([{ acc_one: 1 }], { from: restored(log, 3), epoch: 3 })
    const all = [...log.anchors, ...wrong.anchors.slice(2), ...right.anchors.slice(3)]
    expect(verified(exportOf(right, 'acc_one'), { anchors: all }).faults).toEqual([
      { ...lost, position: 7 },
      {
        ...lost,
        sentence: 'a restore lost the events to position 9, which were under seals 3 to 4 before epoch 3',
      },
    ])
    const never = verified(exportOf(wrong, 'acc_one'), { anchors: all }).faults
    expect(never.map(({ kind }) => kind)).toEqual(['lost', 'lost'])
  })

  test('goes on after a second restore, to before the first one', () => {
    const again = makeLog([{ acc_one: 4 }], { from: restored(log, 1), epoch: 3 })
    const all = [...anchors, ...again.anchors.slice(1)]
    expect(verified(exportOf(again, 'acc_one'), { anchors: all }).faults).toEqual([
      lost,
      {
        ...lost,
        position: 4,
        sentence: 'a restore lost the events to position 7, which were under seals 2 to 4 before epoch 3',
      },
    ])
  })
})
