// The HTTP door: every operation at `POST /v1/ops/{room}/{operation}`, and the few that have a path of their own.

import { type ErrorCode, iamError } from '@latchkey/core/kernel/errors'
import { prefixes } from '@latchkey/core/kernel/ids'
import { type HttpsFunction, onRequest, type Request } from 'firebase-functions/https'
import { clientAddress } from '../address.ts'
import type { AnyOperation } from '../definition.ts'
import type { Call } from '../passage.ts'
import { pass } from '../pipeline.ts'
import { type HttpAnswer, privateHeaders, renderProblem } from '../render-error.ts'
import { madeByGuard } from './made-by-guard.ts'
import { forRequests } from './resources-of.ts'
import { type Booted, headerValues, type Running } from './running.ts'

/** Loads the operations of one group; called at its first request only. */
export type LoadGroup = () => Promise<readonly AnyOperation[]>

export interface HttpRoutes {
  /** Group → its operations, mounted under `/v1/ops/{group}/`. */
  readonly groups: ReadonlyMap<string, LoadGroup>
  /** Exact path → the operation answering there. */
  readonly paths: ReadonlyMap<string, () => Promise<AnyOperation | undefined>>
  /** Exact path → a public document, the same for everybody: `GET` only. */
  readonly documents: ReadonlyMap<string, () => unknown>
}

export const httpCall = (request: Request, trustedHops: number): Call => ({
  transport: 'http',
  authorization: headerValues(request, 'authorization'),
  contentType: request.get('content-type'),
  body: request.rawBody ?? new Uint8Array(),
  idempotencyKey: request.get('idempotency-key'),
  address: clientAddress(
    { forwardedFor: request.get('x-forwarded-for'), peer: request.socket.remoteAddress },
    trustedHops,
  ),
})

/** Compared byte by byte with the path as sent: no decoding, no case folding, no trailing slash (CATALOGUE I-11). */
const find = async (path: string, { groups, paths }: HttpRoutes): Promise<AnyOperation | undefined> => {
  const own = paths.get(path)
  if (own !== undefined) return own()
  const [, group, name] = /^\/v1\/ops\/([A-Za-z]+)\/([A-Za-z]+)$/.exec(path) ?? []
  const operations = await groups.get(group ?? '')?.()
  return operations?.find((definition) => definition.name === name)
}

const answerTo = async (request: Request, routes: HttpRoutes, { config, guard }: Booted): Promise<HttpAnswer> => {
  const refuse = (code: ErrorCode): HttpAnswer => renderProblem(iamError(code), guard.drawId(prefixes.request))
  const [path = ''] = request.originalUrl.split('?')
  if (path === '/healthz' && request.method === 'GET') return json({ status: 'ok' }, guard.drawId(prefixes.request))
  const document = request.method === 'GET' ? routes.documents.get(path) : undefined
  if (document !== undefined) return json(document(), guard.drawId(prefixes.request))
  const definition = await find(path, routes)
  if (definition === undefined) return refuse('not_found')
  if (request.method !== 'POST')
    return { ...refuse('method_not_allowed'), headers: { ...refuse('method_not_allowed').headers, allow: 'POST' } }
  const { requestId, result } = await pass(httpCall(request, config.trustedHops), definition, guard)
  if (!result.ok) return renderProblem(result.error, requestId)
  return json(result.value, requestId)
}

const json = (value: unknown, requestId: string): HttpAnswer => ({
  status: 200,
  headers: { ...privateHeaders(requestId), 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

/** A client that numbers its requests finds its number again (AuthZEN 1.0 §10.1); ours is in the body of every error and in the log. */
const echoed = (request: Request): Record<string, string> => {
  const id = request.get('x-request-id')
  return id !== undefined && /^[A-Za-z0-9._-]{1,128}$/.test(id) ? { 'x-request-id': id } : {}
}

export const httpGroup = (name: string, routes: HttpRoutes, running: Running): HttpsFunction =>
  madeByGuard(
    onRequest(
      {
        ...forRequests({ serviceAccount: `fn-${name.toLowerCase()}` }),
        cors: false,
        invoker: 'public',
      },
      async (request, response) => {
        const answer = await answerTo(request, routes, await running.boot())
        response
          .status(answer.status)
          .set({ ...answer.headers, ...echoed(request) })
          .send(answer.body)
      },
    ),
  )
