// The public keys of an issuer: fetched from the one address that was configured, kept while it answers badly, asked for rarely.
import type { Clocks } from '../clocks.ts'
import { boundedText, type Fetch } from '../facts/transport.ts'
import { unavailable } from '../refused.ts'

/** A key that was denied after a compromise verifies nothing a minute later. */
const freshMilliseconds = 60_000
/** Beyond this, keys that nobody confirmed are not believed. */
export const staleMilliseconds = 3_600_000
/** However many tokens name a key that nobody knows, the set is asked for once in this time (CATALOGUE C-067). */
const cooldownMilliseconds = 10_000
const timeoutMilliseconds = 3_000
const maxBytes = 64 * 1024

export interface KeyRing<Key> {
  /** Undefined: no such key. Rejects with `unavailable` when that cannot be known. */
  readonly find: (kid: string) => Promise<Key | undefined>
  /** The same at once, when the set is fresh and has it. */
  readonly known: (kid: string) => Key | undefined
  /** At the next question the set is read anew. */
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

export const keyRing = <Key>(options: KeyRingOptions<Key>): KeyRing<Key> => {
  const { url, clocks } = options
  let keys: ReadonlyMap<string, Key> = new Map()
  let confirmedAt = -Infinity
  let triedAt = -Infinity
  let flight: Promise<void> | undefined

  const age = (): number => clocks.steady() - confirmedAt
  const refetch = async (): Promise<void> => {
    const startedAt = clocks.steady()
    triedAt = startedAt
    const found = await fetchSet(options)
    if (found === undefined) return
    keys = found
    confirmedAt = startedAt
  }
  const ask = (): Promise<void> => {
    flight ??= refetch().finally(() => {
      flight = undefined
    })
    return flight
  }
  const mayAsk = (): boolean => flight !== undefined || clocks.steady() - triedAt >= cooldownMilliseconds
  return {
    known: (kid) => (age() < freshMilliseconds ? keys.get(kid) : undefined),
    doubt: () => {
      confirmedAt = Math.min(confirmedAt, clocks.steady() - freshMilliseconds)
      triedAt = -Infinity
    },
    find: async (kid) => {
      const known = age() < freshMilliseconds && keys.has(kid)
      if (!known && mayAsk()) await ask()
      if (age() >= staleMilliseconds) throw unavailable(`the keys at ${url} cannot be read`)
      return keys.get(kid)
    },
  }
}
