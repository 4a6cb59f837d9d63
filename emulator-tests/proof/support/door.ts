// A served function as many clients at once use it: connections that stay open, an address for each client, answers byte by byte.
import { Agent, type IncomingHttpHeaders, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Sent {
  readonly bearer?: string
  /** What the last proxy of ours would say; counts when the function runs with LK_TRUSTED_HOPS=1. */
  readonly address?: string
}

export interface Door {
  readonly post: (path: string, body: unknown, sent?: Sent) => Promise<Answer>
  readonly get: (path: string, sent?: Sent) => Promise<Answer>
  readonly close: () => void
}

export const openDoor = (origin: string, connections = 16): Door => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(origin)
  const ask = (method: 'GET' | 'POST', path: string, text: string, by: Sent): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { bearer, address } = by
      const headers = {
        ...(method === 'POST' ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {}),
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(address === undefined ? {} : { 'x-forwarded-for': address }),
      }
      const sent = request({ agent, hostname, port, path, method, headers, timeout: 60_000 }, (answer) => {
        let told = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          told += chunk
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: told }))
        answer.on('error', reject)
      })
      sent.on('timeout', () => sent.destroy(new Error(`${path}: no answer in a minute`)))
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // A server closes a connection that was idle for some seconds; a request that meets this was never read.
        if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(ask(method, path, text, by))
        else reject(error)
      })
      sent.end(text)
    })
  return {
    post: (path, body, by = {}) => ask('POST', path, JSON.stringify(body), by),
    get: (path, by = {}) => ask('GET', path, '', by),
    close: () => agent.destroy(),
  }
}

/** Runs the work with so many hands; the first failure ends it. */
export const withHands = async <Item>(
  hands: number,
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const queue = items[Symbol.iterator]()
  const hand = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: hands }, hand))
}
