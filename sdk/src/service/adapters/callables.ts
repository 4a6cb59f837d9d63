// Firebase callables of a service of yours: the same declaration where `onCall` stood.
import { errorTable } from '@latchkey/core/kernel/errors'
import type { Latchkey } from '../create-latchkey.ts'
import type { Principal } from '../principal.ts'
import { LatchkeyRefusal } from '../refused.ts'
import { admit, checked, type Declared } from './declared.ts'

/** What is used of Firebase's own types. */
export interface CallableCall<Data> {
  readonly data: Data
  readonly rawRequest: {
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  }
}
type HttpsErrorMaker = new (code: never, message: string, details?: unknown) => Error

export interface CallableGuardOptions<Callable extends object> {
  readonly latchkey: Latchkey
  /** Firebase's own, from `firebase-functions/https`. */
  readonly onCall: (options: never, handle: never) => Callable
  /** Firebase's own, from `firebase-functions/https`. */
  readonly HttpsError: HttpsErrorMaker
  /** The client's address, counted from the end of `X-Forwarded-For`; `rawRequest.ip` is its start, which the client writes. */
  readonly address?: (call: CallableCall<unknown>) => string | undefined
}

const made = new WeakSet<object>()

/**
 * Makes the callables that `onCall` would. The bearer is verified here, whatever the framework made of it; Firebase itself lets
 * nothing through but its own ID tokens, so callables are for people.
 * @example export const listContacts = guard({ permission: 'contacts.read', tenant: ({ data }) => data.account }, async ({ data }, caller) => …)
 */
export const callableGuard =
  <Callable extends object>({ latchkey, onCall, HttpsError, address }: CallableGuardOptions<Callable>) =>
  <Data, Answer, Call extends CallableCall<Data> = CallableCall<Data>>(
    declared: Declared<Call>,
    handle: (call: Call, caller: Principal | undefined) => Promise<Answer>,
    options: object = {},
  ): Callable => {
    const needs = checked(declared)
    const guarded = async (call: Call): Promise<Answer> => {
      const arriving = { request: call, headers: call.rawRequest, address: address?.(call) }
      const caller = await admit(latchkey, needs, arriving).catch((error: unknown) => {
        if (!(error instanceof LatchkeyRefusal)) throw error
        const { status, sentence } = errorTable[error.code]
        throw new HttpsError(status as never, sentence, error.body) // one of Firebase's sixteen, by the table
      })
      return handle(call, caller)
    }
    const callable = onCall(options as never, guarded as never) // Firebase's own options and handler
    made.add(callable)
    return callable
  }

/** Throws with the callables that no guard made, in groups as well: hand it what the functions' module exports. */
export const assertDeclared = (exported: object): void => {
  const forgotten = forgottenIn(exported, '', new Set())
  if (forgotten.length > 0) throw new Error(`Latchkey: these callables declare no permission: ${forgotten.join(', ')}`)
}

/** In whatever Firebase looks into for functions to deploy, which is every object, of classes too; each once, for they may go in circles. */
const forgottenIn = (group: object, prefix: string, seen: Set<object>): readonly string[] => {
  if (seen.has(group)) return []
  seen.add(group)
  return Object.entries(group).flatMap(([name, value]: readonly [string, unknown]) => {
    if (typeof value === 'object' && value !== null) return forgottenIn(value, `${prefix}${name}-`, seen)
    if (typeof value !== 'function' || !('__endpoint' in value) || made.has(value)) return []
    const { __endpoint: endpoint } = value
    const isCallable = typeof endpoint === 'object' && endpoint !== null && 'callableTrigger' in endpoint
    return isCallable ? [`${prefix}${name}`] : []
  })
}
