// Firebase callables of a service of yours: the same declaration around `onCall`'s handler.
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
    readonly ip?: string | undefined
  }
}
type HttpsErrorMaker = new (code: never, message: string, details?: unknown) => Error

export interface CallableGuardOptions {
  readonly latchkey: Latchkey
  /** Firebase's own, from `firebase-functions/https`. */
  readonly HttpsError: HttpsErrorMaker
}

/**
 * The bearer is verified here, whatever the framework made of it.
 * @example export const listContacts = onCall(guard({ permission: 'contacts.read', tenant: ({ data }) => data.account }, async ({ data }, caller) => …))
 */
export const callableGuard =
  ({ latchkey, HttpsError }: CallableGuardOptions) =>
  <Data, Answer, Call extends CallableCall<Data> = CallableCall<Data>>(
    declared: Declared<Call>,
    handle: (call: Call, caller: Principal | undefined) => Promise<Answer>,
  ) => {
    const needs = checked(declared)
    return async (call: Call): Promise<Answer> => {
      const { rawRequest } = call
      const caller = await admit(latchkey, needs, { request: call, headers: rawRequest, address: rawRequest.ip }).catch(
        (error: unknown) => {
          if (!(error instanceof LatchkeyRefusal)) throw error
          const { status, sentence } = errorTable[error.code]
          throw new HttpsError(status as never, sentence, error.body) // one of Firebase's sixteen, by the table
        },
      )
      return handle(call, caller)
    }
  }
