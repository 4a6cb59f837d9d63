/** An RPC as data: whether it changes anything, and what it answers. */
import type { EmulatorState } from '../state/emulator-state.ts'

export type Context = { readonly state: EmulatorState; readonly nowMs: number }

/** A `read` must leave the state alone; a `write` is handed a draft that counts only when it returns and is saved. */
export type Operation<Request, Response> = {
  readonly kind: 'read' | 'write'
  readonly run: (request: Request, context: Context) => Response
}

/** Keyed by the method's name as the official clients spell it. */
export type OperationTable = Readonly<Record<string, Operation<never, object>>>

type Run<Request, Response> = Operation<Request, Response>['run']

export const read = <Request, Response>(run: Run<Request, Response>): Operation<Request, Response> => ({
  kind: 'read',
  run,
})

export const write = <Request, Response>(run: Run<Request, Response>): Operation<Request, Response> => ({
  kind: 'write',
  run,
})
