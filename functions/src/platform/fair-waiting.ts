// A room with so many places for those who wait: when it is full, whoever has most of them gives one up, so that nobody's crowd shuts others out.
import { StoreError } from './store/store-error.ts'

/** Waits for `work` in a place of `payer`; rejects with `unavailable` when there is none, or when it is given up to somebody with fewer. */
type WaitFairly = <T>(payer: string, work: () => Promise<T>) => Promise<T>

interface Place {
  /** Rejected when the place is given up. */
  readonly given: Promise<never>
  readonly giveUp: (reason: StoreError) => void
}

export const fairWaiting = (places: number): WaitFairly => {
  const held = new Map<string, Place[]>()
  let taken = 0
  const leave = (payer: string, place: Place): void => {
    const left = held.get(payer)?.filter((one) => one !== place) ?? []
    if (left.length === (held.get(payer)?.length ?? 0)) return
    taken--
    if (left.length === 0) held.delete(payer)
    else held.set(payer, left)
  }
  const makeRoom = (payer: string): void => {
    const [most, theirs] = crowdIn(held)
    const last = theirs.at(-1)
    // Two who would only change places with each other gain nothing.
    if (last === undefined || theirs.length <= (held.get(payer)?.length ?? 0) + 1) throw full()
    leave(most, last)
    last.giveUp(full())
  }
  const take = (payer: string): Place => {
    if (taken >= places) makeRoom(payer)
    let giveUp: Place['giveUp'] = () => undefined
    const given = new Promise<never>((_resolve, reject) => {
      giveUp = reject
    })
    const place = { given, giveUp }
    held.set(payer, [...(held.get(payer) ?? []), place])
    taken++
    return place
  }
  return async (payer, work) => {
    const place = take(payer)
    try {
      return await Promise.race([place.given, work()])
    } finally {
      leave(payer, place)
    }
  }
}

const full = (): StoreError => new StoreError('unavailable', 'too many wait')

const crowdIn = (held: ReadonlyMap<string, readonly Place[]>): readonly [string, readonly Place[]] =>
  [...held].reduce<readonly [string, readonly Place[]]>(
    (most, one) => (one[1].length > most[1].length ? one : most),
    ['', []],
  )
