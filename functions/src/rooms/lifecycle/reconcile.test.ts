// The walk of the reconciler keeps its place seldom: a run that dies repeats a few seconds of it, and loses nothing.
import type { Json } from '@latchkey/core/kernel/canonical-json'
import { type Instant, instantOf, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { describe, expect, it } from 'vitest'
import { type Comparison, reconcile } from './reconcile.ts'

const start = instantOf(1_900_000_000_000)
const pages = 20
const stretchSeconds = 2

/** Two comparisons of twenty pages, each of which takes two seconds and has one thing wrong. */
const walking = () => {
  const state: { now: Instant; place: Json | undefined; kept: number; isOver: boolean } = {
    ...{ now: start, place: undefined, kept: 0, isOver: false },
  }
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
      const found = wrong.delete(one)
      if (found) repaired.push(one)
      return { looked: 1, repaired: found ? 1 : 0, next: at + 1 < pages ? String(at + 1) : undefined }
    },
  })
  const { run } = reconcile({
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
  return { state, looked, repaired, wrong, fly }
}

describe('the walk of the reconciler', () => {
  it('writes its place every ten seconds and at the end of a run, not after each page', async () => {
    const { state, looked, fly } = walking()
    await fly(46)
    expect(looked).toHaveLength(23)
    expect(state.kept).toBe(5)
    expect(state.place).toEqual({ comparison: 'second', after: '3' })
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
})
