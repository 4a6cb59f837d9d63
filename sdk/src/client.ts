// The typed client for front ends: one call per operation, over whatever carries it (Firebase's `httpsCallable`, or a test).
import type { Operations } from './generated/operations.ts'

export type OperationName = keyof Operations & string
export type Input<Name extends OperationName> = Operations[Name]['input']
export type Output<Name extends OperationName> = Operations[Name]['output']

/** What makes the call; with Firebase: `(name, input) => httpsCallable(functions, name)(input).then(({ data }) => data)`. */
export type Carrier = (name: string, input: unknown) => Promise<unknown>

export interface CallOptions {
  /** 16 to 128 letters, digits, `-` or `_`. A retry with the same key and input gives the same answer for 24 hours. */
  readonly idempotencyKey?: string
}

export interface LatchkeyClient {
  readonly call: <Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    options?: CallOptions,
  ) => Promise<Output<Name>>
}

/**
 * @example
 * const latchkey = latchkeyClient((name, input) => httpsCallable(functions, name)(input).then(({ data }) => data))
 * const { secret } = await latchkey.call('apiKeys/create', { tenant, name: 'Shop', scopes: ['contacts.readonly'] })
 */
export const latchkeyClient = (carry: Carrier): LatchkeyClient => ({
  call: async (name, input, { idempotencyKey } = {}) => {
    const body = idempotencyKey === undefined ? input : { ...input, idempotencyKey }
    // Cast: the guard parsed the answer with the schema that this type was generated from.
    return (await carry(name, body)) as Output<typeof name>
  },
})
