// Calls to the running stack from outside, as a client makes them.
import { request } from 'node:http'
import { endpoints } from './stack.ts'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  // biome-ignore lint/suspicious/noExplicitAny: answers of many operations; tests assert on their fields.
  readonly body: any
}

export interface Sent {
  readonly method?: string
  /** Pairs, so that a header can be sent twice. */
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
}

/** The path is sent byte by byte: nothing is normalised on the way, unlike with fetch. */
export const send = (
  origin: string,
  path: string,
  { method = 'POST', headers = [], body }: Sent = {},
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin)
    const base = new URL(origin).pathname.replace(/\/$/, '')
    const flat = [
      ['Host', `${hostname}:${port}`] as const,
      ...(headers.some(([name]) => name.toLowerCase() === 'content-type')
        ? []
        : [['Content-Type', 'application/json'] as const]),
      ['Content-Length', String(Buffer.byteLength(body ?? ''))] as const,
      ...headers,
    ].flat()
    const sent = request(
      { hostname, port, path: base + path, method, headers: flat as unknown as string[], timeout: 30_000 },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers as Record<string, string>,
            body: parsed(text),
          })
        })
      },
    )
    sent.on('timeout', () => sent.destroy(new Error('no answer in 30 s')))
    sent.on('error', reject)
    sent.end(body)
  })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const bearer = (token: string) => [['Authorization', `Bearer ${token}`]] as const

export const callable = (operation: string, input: unknown, token?: string): Promise<Reply> =>
  send(endpoints.functions, `/${operation}`, {
    body: JSON.stringify({ data: input }),
    ...(token === undefined ? {} : { headers: bearer(token) }),
  })

export const http = (path: string, input: unknown, key?: string): Promise<Reply> =>
  send(`${endpoints.functions}/${path.startsWith('/v1/credentials') ? 'authz' : 'api'}`, path, {
    body: JSON.stringify(input),
    ...(key === undefined ? {} : { headers: bearer(key) }),
  })
