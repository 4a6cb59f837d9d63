// The HTTP door: every operation at `POST /v1/ops/{room}/{operation}`, and the few that have a path of their own.

import { type ErrorCode, iamError } from '@latchkey/core/kernel/errors'
import { prefixes } from '@latchkey/core/kernel/ids'
import { type HttpsFunction, onRequest, type Request } from 'firebase-functions/https'
import { accountOf } from '../../platform/own-account.ts'
import { clientAddress } from '../address.ts'
import type { AnyOperation, Lines } from '../definition.ts'
import type { Call } from '../passage.ts'
import { pass } from '../pipeline.ts'
import { type HttpAnswer, privateHeaders, renderProblem } from '../render-error.ts'
import { madeByGuard } from './made-by-guard.ts'
import { fieldsOf, type Matched, pathMatcher } from './match-path.ts'
import { answerDocument, type PublicDocument } from './public-document.ts'
import { forRequests } from './resources-of.ts'
import { type Booted, headerValues, type Running } from './running.ts'
import { streamLines } from './stream.ts'

/** Loads the operations of one group; called at its first request only. */
export type LoadGroup = () => Promise<readonly AnyOperation[]>

export interface HttpRoutes {
  /** Group → its operations, mounted under `/v1/ops/{group}/`. */
  readonly groups: ReadonlyMap<string, LoadGroup>
  /** Path, with `{field}` for what varies → the operation answering there. */
  readonly paths: ReadonlyMap<string, () => Promise<AnyOperation | undefined>>
  /** Exact path → a document for everybody. */
  readonly documents: ReadonlyMap<string, PublicDocument>
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
  signed: {
    keyId: request.get('github-public-key-identifier'),
    signature: request.get('github-public-key-signature'),
  },
})

interface Found {
  readonly definition: AnyOperation
  /** The body that a `GET` stands for: the fields of its path and query. */
  readonly fields: string
}

interface Routes extends HttpRoutes {
  /** Of all `paths`: compared byte by byte with the path as sent: no decoding, no case folding, no trailing slash (CATALOGUE I-11). */
  readonly match: (path: string) => Matched | undefined
}

const find = async (path: string, query: string, { groups, paths, match }: Routes): Promise<Found | undefined> => {
  const own = match(path)
  const definition = await (own === undefined ? mounted(path, groups) : paths.get(own.template)?.())
  return definition && { definition, fields: fieldsOf(own?.fields ?? [], query) }
}

const mounted = async (path: string, groups: HttpRoutes['groups']): Promise<AnyOperation | undefined> => {
  const [, group, name] = /^\/v1\/ops\/([A-Za-z]+)\/([A-Za-z]+)$/.exec(path) ?? []
  const operations = await groups.get(group ?? '')?.()
  return operations?.find((definition) => definition.name === name)
}

/** An answer that goes on for as long as somebody listens. */
interface StreamAnswer {
  readonly requestId: string
  readonly open: (lines: Lines) => () => void
}

const answerTo = async (
  request: Request,
  routes: Routes,
  { config, guard }: Booted,
): Promise<HttpAnswer | StreamAnswer> => {
  const refuse = (code: ErrorCode): HttpAnswer => renderProblem(iamError(code), guard.drawId(prefixes.request))
  const [path = '', ...query] = request.originalUrl.split('?')
  // Google's front end keeps paths that end with a z for itself, in places.
  if (['/healthz', '/v1/health'].includes(path) && request.method === 'GET')
    return json({ status: 'ok' }, guard.drawId(prefixes.request))
  const document = routes.documents.get(path)
  if (document !== undefined)
    return answerDocument({ method: request.method, known: request.get('if-none-match') }, document, guard)
  const found = await find(path, query.join('?'), routes)
  if (found === undefined) return refuse('not_found')
  const { method } = found.definition
  if (request.method !== method)
    return { ...refuse('method_not_allowed'), headers: { ...refuse('method_not_allowed').headers, allow: method } }
  const call = httpCall(request, config.trustedHops)
  const { requestId, result } = await pass(
    method === 'GET' ? reading(call, found.fields) : call,
    found.definition,
    guard,
  )
  if (!result.ok) return renderProblem(result.error, requestId)
  const { stream } = found.definition
  return stream === undefined
    ? json(result.value, requestId)
    : { requestId, open: (lines) => stream(result.value, lines) }
}

/** From here on a `GET` is a call like any other: parsed as strictly, duplicate and unknown fields included. */
const reading = (call: Call, fields: string): Call => ({
  ...call,
  contentType: 'application/json',
  body: new TextEncoder().encode(fields),
})

const json = (value: unknown, requestId: string): HttpAnswer => ({
  status: 200,
  headers: { ...privateHeaders(requestId), 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

/** A client that numbers its requests finds its number again (AuthZEN 1.0 §10.1); ours is in the body of every error and in the log. */
const echoed = (request: Request, { headers }: HttpAnswer): Record<string, string> => {
  // What others may keep says nothing about who asked first.
  if (headers['cache-control']?.startsWith('public') === true) return {}
  const id = request.get('x-request-id')
  return id !== undefined && /^[A-Za-z0-9._-]{1,128}$/.test(id) ? { 'x-request-id': id } : {}
}

export const httpGroup = (name: string, { groups, paths, documents }: HttpRoutes, running: Running): HttpsFunction => {
  const routes: Routes = { groups, paths, documents, match: pathMatcher([...paths.keys()]) }
  return madeByGuard(
    onRequest(
      {
        ...forRequests({ serviceAccount: accountOf(name), streams: name === 'authz' }),
        cors: false,
        invoker: 'public',
        // By the load balancer alone: whoever came past it would also choose the address that they come from.
        ingressSettings: 'ALLOW_INTERNAL_AND_GCLB',
      },
      async (request, response) => {
        const answer = await answerTo(request, routes, await running.boot())
        if ('open' in answer) return streamLines(response, answer.requestId, answer.open)
        response
          .status(answer.status)
          .set({ ...answer.headers, ...echoed(request, answer) })
          .send(answer.body)
      },
    ),
  )
}
