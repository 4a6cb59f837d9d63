// One POST to an address that a customer named: looked up once, checked, connected to that very address, and over in five seconds.
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import type { Fault } from '@latchkey/core/webhooks/contract'
import { isPublicAddress } from './public-address.ts'
import type { Address, Resolve } from './resolve.ts'
import { targetOf } from './target.ts'

/** Redirects are answers like any other: nothing is followed, so nothing has to be checked anew. */
export type Posted =
  | { readonly code: number; readonly answer: string; readonly milliseconds: number }
  | { readonly fault: Fault; readonly milliseconds: number }

export interface Letter {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Never rejects. */
export type Post = (letter: Letter) => Promise<Posted>

export interface PostDependencies {
  /** `host:port` of receivers on this laptop. */
  readonly allow: readonly string[]
  readonly resolve: Resolve
  /** For tests that do not wait. */
  readonly milliseconds?: number
}

const mostMilliseconds = 5_000
const mostRead = 64 * 1024
const mostKept = 1_024
const mostHeaderBytes = 8 * 1024

export const outboundPost = (dependencies: PostDependencies): Post => {
  const limit = dependencies.milliseconds ?? mostMilliseconds
  return async (letter) => {
    const begun = performance.now()
    const ending = new AbortController()
    const timer = setTimeout(() => ending.abort(), limit)
    try {
      const outcome = await sendWithin(letter, dependencies, ending.signal)
      return { ...outcome, milliseconds: Math.round(performance.now() - begun) }
    } finally {
      clearTimeout(timer)
      ending.abort()
    }
  }
}

type Outcome = { readonly code: number; readonly answer: string } | { readonly fault: Fault }

const sendWithin = async (
  letter: Letter,
  { allow, resolve }: PostDependencies,
  signal: AbortSignal,
): Promise<Outcome> => {
  const target = targetOf(letter.url, allow)
  // It was checked when it was saved; what is allowed may have changed since.
  if (!target.ok) return { fault: 'address_not_allowed' }
  const { url, allowed } = target.value
  const found = isIP(url.hostname) === 0 ? await beforeEnd(resolve(url.hostname), signal) : []
  if (found === 'late') return { fault: 'timeout' }
  if (found.length === 0 && isIP(url.hostname) === 0) return { fault: 'name_not_found' }
  // One address inside is enough to refuse: the next answer would name it first.
  if (!allowed && !found.every(({ address }) => isPublicAddress(address))) return { fault: 'address_not_allowed' }
  return exchange(url, letter, { pinned: found[0], signal })
}

const beforeEnd = <T>(work: Promise<T>, signal: AbortSignal): Promise<T | 'late'> =>
  Promise.race([
    work,
    new Promise<'late'>((resolve) => signal.addEventListener('abort', () => resolve('late'), { once: true })),
  ])

/** Whatever the name says now: the address that was checked. */
const lookupOf =
  ({ address, family }: Address): LookupFunction =>
  (_name, options, done) =>
    options.all === true ? done(null, [{ address, family }]) : done(null, address, family)

interface Way {
  readonly pinned: Address | undefined
  readonly signal: AbortSignal
}

const exchange = (url: URL, { headers, body }: Letter, { pinned, signal }: Way): Promise<Outcome> =>
  new Promise((resolve) => {
    const make = url.protocol === 'https:' ? httpsRequest : httpRequest
    const length = String(Buffer.byteLength(body))
    const request: ClientRequest = make(url, {
      method: 'POST',
      // No answer is unpacked: one that comes packed all the same is only counted.
      headers: { ...headers, 'content-length': length, 'accept-encoding': 'identity', connection: 'close' },
      agent: false,
      maxHeaderSize: mostHeaderBytes,
      signal,
      ...(pinned === undefined ? {} : { lookup: lookupOf(pinned) }),
    })
    let isAnswered = false
    request.on('error', (error) => {
      if (!isAnswered) resolve({ fault: faultOf(error, signal) })
    })
    // To an answer that changes the protocol the client says nothing but that it is over, and without somebody who takes the socket not even that.
    request.on('upgrade', (_response, socket) => {
      socket.destroy()
      resolve({ fault: 'connection' })
    })
    request.on('close', () => {
      if (!isAnswered) resolve({ fault: signal.aborted ? 'timeout' : 'connection' })
    })
    request.on('response', (response) => {
      isAnswered = true
      void beginningOf(response).then((answer) => {
        resolve({ code: response.statusCode ?? 0, answer })
        request.destroy()
      })
    })
    request.end(body)
  })

/** The status counts as soon as it is there; of the rest so much is read, for whoever looks into the log, until time is up. */
const beginningOf = async (response: IncomingMessage): Promise<string> => {
  const kept: Buffer[] = []
  let [read, held] = [0, 0]
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      read += chunk.length
      if (held < mostKept) kept.push(chunk.subarray(0, mostKept - held))
      held = Math.min(mostKept, held + chunk.length)
      if (read >= mostRead) break
    }
  } catch {
    // Cut off: what came is kept.
  }
  const packed = (response.headers['content-encoding'] ?? 'identity') !== 'identity'
  return packed ? '' : Buffer.concat(kept).toString('utf8')
}

const tlsCode = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_MISMATCH)/

const faultOf = (error: Error, signal: AbortSignal): Fault => {
  if (signal.aborted) return 'timeout'
  return 'code' in error && tlsCode.test(String(error.code)) ? 'tls' : 'connection'
}
