// The walk of the reconciler keeps its place seldom: a run that dies repeats a few seconds of it, and loses nothing.
import type { Json } from '@latchkey/core/kernel/canonical-json'
import { type Instant, instantOf, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { describe, expect, it } from 'vitest'
import { reconcile } from './reconcile.ts'
import type { Comparison } from './reconcile-round.ts'

const start = instantOf(1_900_000_000_000)
const pages = 20
const stretchSeconds = 2

/** Two comparisons of twenty pages, each of which takes two seconds and has one thing wrong. */
const walking = ({ hasUrgent = false } = {}) => {
  const state: { now: Instant; place: Json | undefined; kept: number; isOver: boolean } = {
    ...{ now: start, place: undefined, kept: 0, isOver: false },
  }
  /** Of these pages the next look fails. */
  const failing = new Set<string>()
  const wrong = new Set(
    ['first', 'second'].flatMap((name) => Array.from({ length: pages }, (_, at) => `${name} ${at}`)),
  )
  const [looked, repaired]: [string[], string[]] = [[], []]
  const comparison = (name: string): Comparison => ({
    name,
    page: async (after) => {
      const at = Number(after ?? 0)
      const one = `${name} ${at}`
      looked.push(one)
      state.now = plusSeconds(state.now, secondsOf(stretchSeconds))
      if (failing.delete(one)) throw new Error(`${one} cannot be read`)
      const found = wrong.delete(one)
      if (found) repaired.push(one)
      return { looked: 1, repaired: found ? 1 : 0, next: at + 1 < pages ? String(at + 1) : undefined }
    },
  })
  const due: string[] = []
  const soon = comparison('soon')
  const urgent: Comparison = { ...soon, page: async () => ({ ...(await soon.page('19', start)), next: due.pop() }) }
  const { run } = reconcile({
    urgent: hasUrgent ? [urgent] : [],
    comparisons: [comparison('first'), comparison('second')],
    watchJobs: async () => [],
    clock: () => state.now,
    log: () => undefined,
  })
  /** For so long; as its lease would let it. */
  const fly = (seconds: number) => {
    const { now, place } = state
    const until = plusSeconds(now, secondsOf(seconds))
    const reached = async (to: Json | undefined): Promise<boolean> => {
      state.kept++
      state.place = to
      return !state.isOver
    }
    return run({ runId: 'req_test', now, place, until, reached })
  }
  return { state, looked, repaired, wrong, failing, due, fly }
}

describe('the walk of the reconciler', () => {
  it('writes its place every ten seconds and at the end of a run, not after each page', async () => {
    const { state, looked, fly } = walking()
    await fly(46)
    expect(looked).toHaveLength(23)
    expect(state.kept).toBe(5)
    expect(state.place).toEqual({ urgent: null, walk: { comparison: 'second', after: '3' } })
    await fly(240)
    expect(looked).toHaveLength(2 * pages)
    expect(state.place).toBeUndefined()
  })

  it('F-24 a run that dies in between repeats at most ten seconds, loses nothing and repairs nothing twice', async () => {
    const { state, looked, repaired, wrong, fly } = walking()
    await fly(20)
    const [kept, before] = [state.place, looked.length]
    // It dies without a word, so that whatever it said since is not there.
    await fly(8)
    state.place = kept
    expect(looked).toHaveLength(before + 4)
    await fly(240)
    const again = looked.filter((one, index) => looked.indexOf(one) !== index)
    expect(again).toHaveLength(4)
    expect(again.length * stretchSeconds).toBeLessThan(10)
    expect([...wrong]).toEqual([])
    expect(repaired).toHaveLength(2 * pages)
    expect(new Set(repaired).size).toBe(2 * pages)
  })

  it('F-22 stops within ten seconds when another run has taken over', async () => {
    const { state, looked, fly } = walking()
    state.isOver = true
    await fly(240)
    expect(looked.length * stretchSeconds).toBe(10)
  })

  it('F-24 goes on behind what a failure left out, once the others had their turn', async () => {
    const { looked, wrong, failing, fly } = walking()
    failing.add('first 7')
    await expect(fly(240)).rejects.toThrow('first 7 cannot be read')
    expect(looked).toHaveLength(8 + pages)
    looked.length = 0
    await fly(240)
    expect(looked.slice(0, 13)).toEqual(Array.from({ length: 13 }, (_, at) => `first ${7 + at}`))
    expect([...wrong]).toEqual([])
  })

  it('F-24 begins anew when the same page fails again: what lies before it is not left out', async () => {
    const { looked, failing, fly } = walking()
    for (let time = 0; time < 2; time++) {
      failing.add('first 7')
      await expect(fly(240)).rejects.toThrow('first 7 cannot be read')
    }
    looked.length = 0
    await fly(240)
    expect(looked.slice(0, pages)).toEqual(Array.from({ length: pages }, (_, at) => `first ${at}`))
  })

  it('L-09 looks at what is late in every run, wherever the walk is, and leaves it half of the time', async () => {
    const { state, looked, due, fly } = walking({ hasUrgent: true })
    await fly(20)
    await fly(20)
    expect(looked.filter((one) => one.startsWith('soon'))).toHaveLength(2)
    expect(state.place).toMatchObject({ urgent: null, walk: { comparison: 'first', after: '18' } })
    for (let more = 0; more < 100; more++) due.push('more')
    looked.length = 0
    await fly(20)
    expect(looked.filter((one) => one.startsWith('soon'))).toHaveLength(5)
    expect(state.place).toMatchObject({ urgent: { comparison: 'soon', after: 'more' }, walk: { after: '3' } })
  })
})
