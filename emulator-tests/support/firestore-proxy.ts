// A gRPC proxy in front of the Firestore emulator: counts what is read and written, and injects faults. Bytes pass through untouched.
import http2, { type ClientHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { type Clock, systemClock } from '../../functions/src/platform/clock.ts'
import { openStore, type Store } from '../../functions/src/platform/store/open.ts'
import { oneMore, readsIn, writesIn } from './grpc-counts.ts'
import { endpoints } from './stack.ts'

/** google.rpc.Code, as gRPC sends it. */
export const grpcStatus = { resourceExhausted: 8, aborted: 10, internal: 13, unavailable: 14, dataLoss: 15 } as const

export type Method = 'BatchGetDocuments' | 'RunQuery' | 'BeginTransaction' | 'Commit' | 'BatchWrite' | 'Rollback'

/** Which of the matching RPCs, counted from 1 since the fault was injected. */
export type Chosen = (ordinal: number) => boolean

export const nth =
  (wanted: number): Chosen =>
  (ordinal) =>
    ordinal === wanted

export const everyNth =
  (step: number): Chosen =>
  (ordinal) =>
    ordinal % step === 0

export const always: Chosen = () => true

/** About this share of the RPCs, always the same ones for a seed (mulberry32). */
export const share = (part: number, seed: number): Chosen => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 < part
  }
}

export interface Fault {
  /** Absent: every RPC. */
  readonly method?: Method
  readonly status: number
  readonly chosen: Chosen
  /** Only requests with this text in their bytes: a document path, a field's name. */
  readonly containing?: string
  /** Carry the RPC out and lose only its answer. */
  readonly answerLost?: boolean
}

export interface Counts {
  readonly reads: number
  readonly writes: number
  /** Faults that struck. */
  readonly struck: number
  /** RPCs by method. */
  readonly calls: Readonly<Record<string, number>>
}

export interface FirestoreProxy {
  readonly host: string
  /** A store whose every RPC comes this way. */
  /** Its caches go by this clock; by real time when there is none. */
  readonly store: (projectId: string, clock?: Clock) => Store
  /** Since the last `reset`. */
  readonly counts: () => Counts
  readonly reset: () => void
  /** Answers how to take the fault away again. */
  readonly inject: (fault: Fault) => () => void
  readonly close: () => Promise<void>
}

interface Injected extends Fault {
  seen: number
}

interface Tally {
  reads: number
  writes: number
  struck: number
  calls: Record<string, number>
}

interface Passing {
  readonly tally: Tally
  readonly faults: Set<Injected>
  readonly upstream: () => ClientHttp2Session
}

const emptyTally = (): Tally => ({ reads: 0, writes: 0, struck: 0, calls: {} })

export const firestoreProxy = async (): Promise<FirestoreProxy> => {
  let tally = emptyTally()
  const faults = new Set<Injected>()
  let session: ClientHttp2Session | undefined
  const upstream = (): ClientHttp2Session => {
    if (session === undefined || session.destroyed || session.closed) {
      session = http2.connect(`http://${endpoints.firestore}`)
      session.on('error', () => undefined) // every stream on it reports for itself
    }
    return session
  }
  const server = http2.createServer()
  const clients = new Set<http2.ServerHttp2Session>()
  server.on('session', (client) => {
    clients.add(client)
    client.on('close', () => clients.delete(client))
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined) // a client that hung up
    pass(stream, headers, { faults, upstream, tally }).catch(() => refuse(stream, grpcStatus.unavailable))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening on TCP
  const host = `127.0.0.1:${port}`
  return {
    host,
    store: (projectId, clock = systemClock()) => {
      // The client reads this variable once, when it is made, and lets it overrule every setting.
      const direct = process.env['FIRESTORE_EMULATOR_HOST']
      process.env['FIRESTORE_EMULATOR_HOST'] = host
      const store = openStore(projectId, clock)
      process.env['FIRESTORE_EMULATOR_HOST'] = direct
      return store
    },
    counts: () => ({ ...tally, calls: { ...tally.calls } }),
    reset: () => {
      tally = emptyTally()
    },
    inject: (fault) => {
      const injected = { ...fault, seen: 0 }
      faults.add(injected)
      return () => void faults.delete(injected)
    },
    close: async () => {
      for (const client of clients) client.destroy()
      session?.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Listen and Write keep their stream open; every other RPC sends one message and may be judged by it. */
const isStreaming = (method: string): boolean => method === 'Listen' || method === 'Write'

const pass = async (
  stream: ServerHttp2Stream,
  headers: http2.IncomingHttpHeaders,
  { faults, upstream, tally }: Passing,
): Promise<void> => {
  const method = String(headers[':path']).split('/').at(-1) ?? ''
  const body = isStreaming(method) ? undefined : await bytesOf(stream)
  tally.calls = oneMore(tally.calls, method, body)
  const fault = striking(faults, method, body ?? Buffer.alloc(0))
  if (fault !== undefined) tally.struck++
  if (fault !== undefined && fault.answerLost !== true) return refuse(stream, fault.status)
  tally.writes += body === undefined ? 0 : writesIn(method, body)
  const request = upstream().request(forwarded(headers))
  request.on('error', () => refuse(stream, grpcStatus.unavailable))
  if (body === undefined) stream.pipe(request)
  else request.end(body)
  let counted = 0
  const count = (answer: Buffer): void => {
    const reads = readsIn(method, answer)
    tally.reads += reads - counted
    counted = reads
  }
  if (fault === undefined) return relay(request, stream, count)
  await bytesOf(request)
  refuse(stream, fault.status)
}

const striking = (faults: ReadonlySet<Injected>, method: string, body: Buffer): Injected | undefined => {
  let first: Injected | undefined
  for (const fault of faults) {
    if (fault.method !== undefined && fault.method !== method) continue
    if (fault.containing !== undefined && !body.includes(fault.containing)) continue
    fault.seen++
    if (fault.chosen(fault.seen)) first ??= fault
  }
  return first
}

const bytesOf = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const forwarded = (headers: http2.IncomingHttpHeaders): http2.OutgoingHttpHeaders => ({
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':'))),
  ':method': 'POST',
  ':path': String(headers[':path']),
  ':authority': endpoints.firestore,
})

const endOfStream = 0x1

const relay = (
  request: http2.ClientHttp2Stream,
  stream: ServerHttp2Stream,
  done: (answer: Buffer) => void,
): Promise<void> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    let trailers: http2.IncomingHttpHeaders = {}
    const close = () => {
      done(Buffer.concat(chunks))
      resolve()
    }
    request.on('response', (headers, flags) => {
      if (stream.destroyed) return close()
      if ((flags & endOfStream) !== 0) {
        stream.respond(headers, { endStream: true })
        return close()
      }
      stream.respond(headers, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers(plain(trailers)))
      request.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        done(Buffer.concat(chunks)) // a client that is told "done" in a message does not wait for the end
        stream.write(chunk)
      })
    })
    request.on('trailers', (sent) => {
      trailers = sent
    })
    request.on('end', () => {
      close() // before the client hears of it, so that a test counts what it was told
      stream.end()
    })
    stream.on('close', () => request.close())
  })

const plain = (headers: http2.IncomingHttpHeaders): http2.OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')))

/** A "trailers only" answer: what gRPC sends when there is nothing but a status. */
const refuse = (stream: ServerHttp2Stream, status: number): void => {
  if (stream.destroyed || stream.headersSent) return
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': String(status),
      'grpc-message': 'injected fault',
    },
    { endStream: true },
  )
}
