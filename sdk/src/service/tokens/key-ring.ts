// The public keys of an issuer: fetched from the one address that was configured, kept while it answers badly, asked for rarely.
import type { Clocks } from '../clocks.ts'
import { boundedText, type Fetch } from '../facts/transport.ts'
import { unavailable } from '../refused.ts'

/** A key that was denied after a compromise verifies nothing a minute later. */
const freshMilliseconds = 60_000
/** Beyond this, keys that nobody confirmed are not believed. */
export const staleMilliseconds = 3_600_000
/** After word that a key may have been denied, what was known before it is believed for so long at most. */
const doubtedMilliseconds = 60_000
/** However many tokens name a key that nobody knows, the set is asked for once in this time (CATALOGUE C-067). */
const cooldownMilliseconds = 10_000
const timeoutMilliseconds = 3_000
const maxBytes = 64 * 1024

export interface KeyRing<Key> {
  /** Undefined: no such key. Rejects with `unavailable` when that cannot be known. */
  readonly find: (kid: string) => Promise<Key | undefined>
  /** The same at once, when the set is fresh and has it. `now`: by the steady clock. */
  readonly known: (kid: string, now?: number) => Key | undefined
  /** At the next question the set is read anew; what was being read does not count. */
  readonly doubt: () => void
}

export interface KeyRingOptions<Key> {
  readonly url: string
  readonly fetch: Fetch
  readonly clocks: Clocks
  /** Undefined for anything but a whole set. */
  readonly read: (set: unknown) => ReadonlyMap<string, Key> | undefined
}

/** Undefined for anything but a whole set: nothing conditional was asked, so all else is a fault of whoever stands between. */
const fetchSet = async <Key>({
  url,
  fetch,
  read,
}: KeyRingOptions<Key>): Promise<ReadonlyMap<string, Key> | undefined> => {
  try {
    const signal = AbortSignal.timeout(timeoutMilliseconds)
    const headers = { accept: 'application/json' }
    // From the issuer itself: a copy of another cache's, kept as long once more, would show a key that was denied in between.
    const response = await fetch(url, { redirect: 'error', cache: 'no-store', signal, headers })
    return response.status === 200 ? read(JSON.parse(await boundedText(response, maxBytes))) : undefined
  } catch {
    return undefined // the set before stays
  }
}

interface Ring<Key> {
  keys: ReadonlyMap<string, Key>
  confirmedAt: number
  triedAt: number
  flight: Promise<void> | undefined
  /** When the first word was heard that nothing has confirmed since. */
  doubtedAt: number | undefined
  doubts: number
}

export const keyRing = <Key>(options: KeyRingOptions<Key>): KeyRing<Key> => {
  const { url, clocks } = options
  const ring: Ring<Key> = {
    ...{ keys: new Map(), confirmedAt: -Infinity, triedAt: -Infinity },
    ...{ flight: undefined, doubtedAt: undefined, doubts: 0 },
  }
  const isFresh = (now = clocks.steady()): boolean => now - ring.confirmedAt < freshMilliseconds
  const mayAsk = (): boolean => ring.flight !== undefined || clocks.steady() - ring.triedAt >= cooldownMilliseconds
  return {
    known: (kid, now) => (isFresh(now) ? ring.keys.get(kid) : undefined),
    doubt: () => {
      const now = clocks.steady()
      ring.confirmedAt = Math.min(ring.confirmedAt, now - freshMilliseconds)
      ring.triedAt = -Infinity
      ring.doubtedAt ??= now
      ring.doubts++
      ring.flight = undefined
    },
    find: async (kid) => {
      const isKnown = (): boolean => isFresh() && ring.keys.has(kid)
      for (let before = -1; before !== ring.doubts && !isKnown() && mayAsk(); ) {
        before = ring.doubts
        await ask(options, ring) // and once more when it was doubted meanwhile
      }
      if (isStale(ring, clocks.steady())) throw unavailable(`the keys at ${url} cannot be read`)
      return ring.keys.get(kid)
    },
  }
}

const isStale = ({ confirmedAt, doubtedAt = Infinity }: Ring<unknown>, now: number): boolean =>
  now - confirmedAt >= staleMilliseconds || now - doubtedAt >= doubtedMilliseconds

const ask = <Key>(options: KeyRingOptions<Key>, ring: Ring<Key>): Promise<void> => {
  if (ring.flight !== undefined) return ring.flight
  const mine = refetch(options, ring).finally(() => {
    if (ring.flight === mine) ring.flight = undefined
  })
  ring.flight = mine
  return mine
}

const refetch = async <Key>(options: KeyRingOptions<Key>, ring: Ring<Key>): Promise<void> => {
  const [startedAt, before] = [options.clocks.steady(), ring.doubts]
  ring.triedAt = startedAt
  const found = await fetchSet(options)
  if (found === undefined || before !== ring.doubts) return
  ring.doubtedAt = undefined
  ring.keys = found
  ring.confirmedAt = startedAt
}
