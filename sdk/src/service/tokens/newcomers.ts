// What keys that were never seen may cost: anybody can write as many as they like, and each is a question to Latchkey.
import type { Clocks } from '../clocks.ts'
import { unavailable } from '../refused.ts'

/** A process that starts meets many at once. */
const burst = 500
const perSecond = 100
const atOnce = 100

/** Asks, or rejects with `unavailable` when too many were asked about: keys that are known already do not come through here. */
export type Newcomers = <Value>(ask: () => Promise<Value>) => Promise<Value>

export const newcomers = ({ steady }: Clocks): Newcomers => {
  let [left, at, asking] = [burst, steady(), 0]
  return async (ask) => {
    const now = steady()
    left = Math.min(burst, left + ((now - at) * perSecond) / 1_000)
    at = now
    if (left < 1 || asking >= atOnce) throw unavailable('too many keys that were never seen')
    left--
    asking++
    try {
      return await ask()
    } finally {
      asking--
    }
  }
}
