// The listening side of the change feed: what it makes believed, and when it stops making anything believed.
import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { changeFeed, type Feed, silenceMilliseconds } from './feed.ts'

const upTo = (second: number): string => `2031-01-01T00:00:${String(second).padStart(2, '0')}.000000Z`

interface Connection {
  readonly url: string
  readonly send: (line: object) => Promise<void>
  readonly drop: () => Promise<void>
  aborted: boolean
}

const stage = () => {
  const connections: Connection[] = []
  const changed: string[] = []
  let refusals = 0
  const refuse = (times: number): void => {
    refusals = times
  }
  const feed: Feed = changeFeed({
    url: 'https://authz.example',
    credential: () => 'lk_api_x',
    clocks: { wall: () => Date.now(), steady: () => Date.now() },
    changed: (container) => void changed.push(container),
    fetch: async (url, init) => {
      if (refusals > 0) {
        refusals--
        return new Response('{}', { status: 503 })
      }
      const stream = new TransformStream<Uint8Array, Uint8Array>()
      const writer = stream.writable.getWriter()
      const connection: Connection = {
        url,
        aborted: false,
        send: (line) => writer.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`)),
        // One that was hung up on is closed already.
        drop: () => writer.close().catch(() => undefined),
      }
      init.signal?.addEventListener('abort', () => {
        connection.aborted = true
        writer.abort(new Error('aborted')).catch(() => undefined)
      })
      connections.push(connection)
      return new Response(stream.readable)
    },
  })
  feed.start()
  const last = (): Connection => {
    const connection = connections.at(-1)
    if (connection === undefined) throw new Error('nobody has connected')
    return connection
  }
  return { feed, connections, changed, last, refuse }
}

/** Lets streams and promises settle; moves the clock. */
const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds)

describe('the change feed at a service', () => {
  const feeds: Feed[] = []
  const staged = () => {
    const made = stage()
    feeds.push(made.feed)
    return made
  }
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    for (const feed of feeds.splice(0)) feed.close()
    vi.useRealTimers()
  })

  it('covers what began to be loaded after its first line, and nothing from before', async () => {
    const { feed, last } = staged()
    await pass(10)
    const before = Date.now()
    expect(feed.covers(before)).toBe(false)
    await pass(10)
    void last().send({ upTo: upTo(1), lag: 0, reset: true })
    await pass(0)
    expect(feed.covers(before)).toBe(false)
    expect(feed.covers(Date.now())).toBe(true)
  })

  it('tells what changed, before it covers anything after it', async () => {
    const { feed, last, changed } = staged()
    await pass(10)
    void last().send({ upTo: upTo(1), lag: 0, reset: true, changed: ['policy:acc_1', 'grant:acc_1/user:a'] })
    await pass(0)
    expect(changed).toEqual(['policy:acc_1', 'grant:acc_1/user:a'])
    expect(feed.covers(Date.now())).toBe(true)
  })

  it('covers nothing when it is silent for five seconds', async () => {
    const { feed, last } = staged()
    await pass(10)
    void last().send({ upTo: upTo(1), lag: 0, reset: true })
    await pass(0)
    const loaded = Date.now()
    await pass(silenceMilliseconds - 1)
    expect(feed.covers(loaded)).toBe(true)
    await pass(2)
    expect(feed.covers(loaded)).toBe(false)
  })

  it('covers nothing when it goes on talking and its own news are old: stuck is silent', async () => {
    const { feed, last } = staged()
    await pass(10)
    void last().send({ upTo: upTo(1), lag: 0, reset: true })
    await pass(0)
    const loaded = Date.now()
    for (let lag = 1_000; lag <= silenceMilliseconds; lag += 1_000) {
      await pass(1_000)
      void last().send({ upTo: upTo(1), lag })
      await pass(0)
    }
    expect(feed.covers(loaded)).toBe(true)
    await pass(1_000)
    void last().send({ upTo: upTo(1), lag: silenceMilliseconds + 1_000 })
    await pass(0)
    expect(feed.covers(loaded)).toBe(false)
  })

  it('believes nothing of lines that were held up on their way, however young each was when it was sent', async () => {
    const { feed, last } = staged()
    await pass(10)
    void last().send({ upTo: upTo(1), lag: 0, reset: true })
    await pass(0)
    const loaded = Date.now()
    await pass(20_000)
    for (let second = 2; second <= 15; second++) {
      void last()
        .send({ upTo: upTo(second), lag: 0 })
        .catch(() => undefined) // it may have hung up
      await pass(0)
      expect(feed.covers(loaded)).toBe(false)
    }
  })

  it('forgets how long lines took at best after two connections: clocks drift apart', async () => {
    const { feed, last } = staged()
    const covered: boolean[] = []
    for (const second of [20, 11, 12]) {
      await pass(1_000)
      void last().send({ upTo: upTo(second), lag: 0, reset: true })
      await pass(0)
      covered.push(feed.covers(Date.now()))
      void last().drop()
    }
    expect(covered).toEqual([true, false, true])
  })

  it('leaves nothing behind for each time that it came back', async () => {
    const listened = vi.spyOn(AbortSignal.prototype, 'addEventListener')
    const { last } = staged()
    await pass(10)
    for (let times = 0; times < 5; times++) {
      void last().drop()
      await pass(4_000)
    }
    const left = listened.mock.contexts.map((signal) => getEventListeners(signal as AbortSignal, 'abort').length)
    expect(left.length).toBeGreaterThan(5)
    expect(Math.max(...left)).toBe(1)
    listened.mockRestore()
  })

  it('comes back from where it was, and then still covers what was loaded before', async () => {
    const { feed, last, connections } = staged()
    await pass(10)
    void last().send({ upTo: upTo(7), lag: 0, reset: true })
    await pass(0)
    const loaded = Date.now()
    void last().drop()
    await pass(1_000)
    expect(connections).toHaveLength(2)
    expect(connections[0]?.url).toBe('https://authz.example/v1/changes')
    expect(last().url).toBe(`https://authz.example/v1/changes?since=${upTo(7)}`)
    void last().send({ upTo: upTo(8), lag: 0, changed: ['policy:acc_2'] })
    await pass(0)
    expect(feed.covers(loaded)).toBe(true)
  })

  it('covers nothing from before when what was missed cannot be told', async () => {
    const { feed, last } = staged()
    await pass(10)
    void last().send({ upTo: upTo(7), lag: 0, reset: true })
    await pass(0)
    const loaded = Date.now()
    void last().drop()
    await pass(1_000)
    void last().send({ upTo: upTo(8), lag: 0, reset: true })
    await pass(0)
    expect(feed.covers(loaded)).toBe(false)
    expect(feed.covers(Date.now())).toBe(true)
  })

  it('hangs up on a server that holds the line without a word, and asks ever more rarely while it is refused', async () => {
    const { connections, refuse, last } = staged()
    await pass(10)
    await pass(silenceMilliseconds + 10)
    expect(connections[0]?.aborted).toBe(true)
    await pass(6_000)
    refuse(1_000)
    const before = connections.length
    void last().drop()
    await pass(60_000)
    expect(connections.length).toBe(before)
    refuse(0)
    await pass(10_000)
    expect(connections.length).toBeGreaterThan(before)
  })

  it.each([[[]], [{ upTo: 'yesterday', lag: 0 }], [17]])('believes nothing of a line like %j', async (line) => {
    const { feed, last } = staged()
    await pass(10)
    void last().send({ upTo: upTo(1), lag: 0, reset: true })
    await pass(0)
    const loaded = Date.now()
    for (let second = 1; second <= 6; second++) {
      void last()
        .send(line as object)
        .catch(() => undefined) // as wrong as it is
      await pass(1_000)
    }
    expect(feed.covers(loaded)).toBe(false)
  })

  it('is over when the service says so', async () => {
    const { feed, last, connections } = staged()
    await pass(10)
    void last().send({ upTo: upTo(1), lag: 0, reset: true })
    await pass(0)
    feed.close()
    await pass(60_000)
    expect(connections).toHaveLength(1)
  })
})
