// The only way to the network: to the address that was configured and nowhere else, in bounded time and size.
import { unavailable } from '../refused.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface Exchange {
  /** JSON of a 200; undefined for a 404. Rejects with `unavailable` for everything else. */
  readonly get: (path: string) => Promise<unknown>
  readonly post: (path: string, body: unknown) => Promise<unknown>
}

export interface ExchangeOptions {
  readonly url: string
  /** The service's own API key; a function when it is rotated without a restart. */
  readonly credential: () => string
  readonly fetch: Fetch
}

/** Whoever waits for a decision waits for this; a store that is down lets others wait for longer. */
const timeoutMilliseconds = 3_000
const maxAnswerBytes = 8 * 1024 * 1024

export const exchange = ({ url, credential, fetch }: ExchangeOptions): Exchange => {
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMilliseconds),
      headers: {
        authorization: `Bearer ${credential()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw unavailable(`${path} was not answered: ${String(error)}`)
    })
    if (response.status === 404) {
      await response.body?.cancel()
      return undefined
    }
    const text = await boundedText(response, maxAnswerBytes).catch((error: unknown) => {
      throw unavailable(`${path} was not answered in full: ${String(error)}`)
    })
    // Our own credential refused is our own trouble, not that of whoever asks us.
    if (response.status !== 200)
      throw unavailable(`${path} was answered with ${response.status}: ${text.slice(0, 300)}`)
    return JSON.parse(text)
  }
  return { get: (path) => send('GET', path), post: (path, body) => send('POST', path, body) }
}

/** Rejects beyond `most` bytes, whatever the answer says of its own length. */
export const boundedText = async (response: Response, most: number): Promise<string> => {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let [text, size] = ['', 0]
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > most) {
      await reader.cancel()
      throw new Error(`more than ${most} bytes`)
    }
    text += decoder.decode(value, { stream: true })
  }
}
