// Listens to changes: connect first, load after. While it is heard from, what was loaded since is believed; when it is silent, nothing is.
import { type ChangeLine, changeLine } from '@latchkey/core/events/changes'
import type { Clocks } from '../clocks.ts'
import type { Hearing } from '../facts/fact-store.ts'
import type { Fetch } from '../facts/transport.ts'
import { linesOf } from './lines.ts'

/** The greatest age of what the last line told, its way to us included. */
export const silenceMilliseconds = 5_000
const shortestPause = 200
const longestPause = 5_000

export interface Feed extends Hearing {
  /** From here on it listens. */
  readonly start: () => void
  /** Resolves when the first line was heard, or after `milliseconds`. */
  readonly heard: (milliseconds: number) => Promise<boolean>
  readonly close: () => void
}

export interface FeedOptions {
  readonly url: string
  readonly credential: () => string
  readonly fetch: Fetch
  readonly clocks: Clocks
  readonly changed: (container: string) => void
}

/** For services that do without: everything lives for as long as it may by itself. */
export const noFeed: Feed = {
  start: () => undefined,
  covers: () => false,
  heard: async () => false,
  close: () => undefined,
}

interface Ear {
  cursor: string | undefined
  /** By the steady clock: what began to be loaded since then would have been announced. */
  trustedSince: number
  lastLineAt: number
  /** By the steady clock, what the lines that arrived have told everything up to. */
  toldUpTo: number
  /**
   * From the server's clock to ours, the least that a line of this connection took, and of the one before: a line that took longer
   * was held up on its way. Not of all, since clocks drift apart.
   */
  offset: { now: number; before: number }
  waiting: (() => void)[]
}

export const changeFeed = (options: FeedOptions): Feed => {
  const { clocks } = options
  const ear: Ear = {
    ...{ cursor: undefined, trustedSince: Infinity, lastLineAt: -Infinity, toldUpTo: -Infinity },
    ...{ offset: { now: Infinity, before: Infinity }, waiting: [] },
  }
  const closing = new AbortController()
  const isHeard = (now = clocks.steady()): boolean => now - ear.toldUpTo <= silenceMilliseconds
  return {
    start: () => void listen(options, ear, closing.signal),
    covers: (startedAt, now) => startedAt >= ear.trustedSince && isHeard(now),
    heard: (milliseconds) =>
      new Promise((resolve) => {
        if (isHeard()) return resolve(true)
        const timer = setTimeout(() => resolve(false), milliseconds)
        ear.waiting.push(() => {
          clearTimeout(timer)
          resolve(true)
        })
      }),
    close: () => closing.abort(),
  }
}

/** For as long as the process wants it: one connection after another, each from where the last one ended. */
const listen = async (options: FeedOptions, ear: Ear, closing: AbortSignal): Promise<void> => {
  let pause = shortestPause
  while (!closing.aborted) {
    const before = ear.lastLineAt
    await once(options, ear, closing).catch(() => undefined) // heard by its silence
    pause = ear.lastLineAt > before ? shortestPause : Math.min(longestPause, pause * 2)
    // Spread, so that many processes do not come back at the same moment.
    await rest(pause * (0.5 + Math.random()), closing)
  }
}

const once = async (options: FeedOptions, ear: Ear, closing: AbortSignal): Promise<void> => {
  const silent = new AbortController()
  if (ear.offset.now !== Infinity) ear.offset = { now: Infinity, before: ear.offset.now }
  const signal = AbortSignal.any([closing, silent.signal])
  let watchdog = setTimeout(() => silent.abort(), silenceMilliseconds)
  try {
    const query = ear.cursor === undefined ? '' : `?since=${ear.cursor}`
    const response = await options.fetch(`${options.url}/v1/changes${query}`, {
      redirect: 'error',
      signal,
      headers: { authorization: `Bearer ${options.credential()}` },
    })
    if (response.status !== 200 || response.body === null) throw new Error(`the feed answered ${response.status}`)
    for await (const text of linesOf(response.body)) {
      clearTimeout(watchdog)
      watchdog = setTimeout(() => silent.abort(), silenceMilliseconds)
      const line = changeLine.safeParse(JSON.parse(text))
      if (!line.success) throw new Error('the feed speaks in another shape')
      take(line.data, ear, options)
      if (line.data.end !== undefined) return
    }
  } finally {
    clearTimeout(watchdog)
    silent.abort()
  }
}

const take = (
  { changed = [], reset, upTo, lag }: ChangeLine,
  ear: Ear,
  { clocks, changed: tell }: FeedOptions,
): void => {
  for (const container of changed) tell(container)
  ear.cursor = upTo
  if (reset === true) ear.trustedSince = clocks.steady()
  ear.lastLineAt = clocks.steady()
  const told = Date.parse(upTo)
  const age = Math.max(0, lag)
  ear.offset.now = Math.min(ear.offset.now, ear.lastLineAt - (told + age))
  ear.toldUpTo = told + Math.min(ear.offset.now, ear.offset.before)
  if (ear.lastLineAt - ear.toldUpTo > silenceMilliseconds) return
  for (const wake of ear.waiting.splice(0)) wake()
}

const rest = (milliseconds: number, closing: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (closing.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      closing.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    closing.addEventListener('abort', done)
  })
