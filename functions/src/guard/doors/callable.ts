// One deployed callable function for all operations of a group: `httpsCallable(functions, 'apiKeys/create')` finds them by path.

import { iamError } from '@latchkey/core/kernel/errors'
import { prefixes } from '@latchkey/core/kernel/ids'
import { type CallableFunction, HttpsError, onCall, type Request } from 'firebase-functions/https'
import { accountOf } from '../../platform/own-account.ts'
import { clientAddress } from '../address.ts'
import type { AnyOperation } from '../definition.ts'
import type { Call } from '../passage.ts'
import { pass } from '../pipeline.ts'
import { renderCallable } from '../render-error.ts'
import { madeByGuard } from './made-by-guard.ts'
import { forRequests } from './resources-of.ts'
import { headerValues, type Running } from './running.ts'

/** The last path segment names the operation, behind a Hosting rewrite as well; anything else finds none (CATALOGUE I-11). */
const operationName = (path: string, group: string): string | undefined => {
  const segments = path.split('/')
  const name = segments.pop()
  return segments.at(-1) === group || segments.join('') === '' ? name : undefined
}

export const callableCall = (request: Request, trustedHops: number): Call => ({
  transport: 'callable',
  authorization: headerValues(request, 'authorization'),
  contentType: request.get('content-type'),
  body: request.rawBody,
  idempotencyKey: undefined,
  address: clientAddress(
    { forwardedFor: request.get('x-forwarded-for'), peer: request.socket.remoteAddress },
    trustedHops,
  ),
})

export const callableGroup = (
  group: string,
  operations: readonly AnyOperation[],
  running: Running,
): CallableFunction<unknown, Promise<unknown>> => {
  const byName = new Map(operations.map((definition) => [definition.name, definition]))
  const options = { ...forRequests({ serviceAccount: accountOf(group) }) }
  return madeByGuard(
    onCall(
      { ...options, cors: [...running.appOrigins], enforceAppCheck: running.enforceAppCheck, invoker: 'public' },
      async ({ rawRequest }) => {
        const { guard, config } = await running.boot()
        rawRequest.res?.set('Cache-Control', 'private, no-store')
        const definition = byName.get(operationName(rawRequest.path, group) ?? '')
        if (definition === undefined) throw refusal(iamError('not_found'), guard.drawId(prefixes.request))
        const { requestId, result } = await pass(callableCall(rawRequest, config.callableHops), definition, guard)
        if (!result.ok) throw refusal(result.error, requestId)
        return result.value
      },
    ),
  )
}

const refusal = (error: Parameters<typeof renderCallable>[0], requestId: string): HttpsError => {
  const { status, message, details } = renderCallable(error, requestId)
  return new HttpsError(status, message, details)
}
