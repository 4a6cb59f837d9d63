// Credentials that were met, under their digests: as many as fit, none much longer than until it ends.
import { LRUCache } from 'lru-cache'
import { type Clocks, momentOf } from '../clocks.ts'

const tidyMilliseconds = 10_000

export interface MetCredentials<Value> {
  /** It may have ended: whoever asks looks. */
  readonly get: (digest: string) => Value | undefined
  /** `endsAt`: in milliseconds since the epoch. */
  readonly set: (digest: string, value: Value, endsAt: number) => void
}

interface Held<Value> {
  readonly value: Value
  readonly endsAt: number
}

export const metCredentials = <Value>(clocks: Clocks, max: number): MetCredentials<Value> => {
  const held = new LRUCache<string, Held<Value>>({ max })
  let tidyAt = -Infinity
  const tidy = (): void => {
    const { wall, steady } = momentOf(clocks)
    if (steady < tidyAt) return
    tidyAt = steady + tidyMilliseconds
    for (const [digest, { endsAt }] of [...held.entries()]) if (wall >= endsAt) held.delete(digest)
  }
  return {
    get: (digest) => held.get(digest)?.value,
    set: (digest, value, endsAt) => {
      tidy()
      held.set(digest, { value, endsAt })
    },
  }
}
