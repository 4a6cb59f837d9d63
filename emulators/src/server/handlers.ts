/** Puts a table of operations on the wire: faults first, then the project, then the operation itself. */
import { type handleUnaryCall, status, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { damaged } from '../faults/damage.ts'
import type { FaultGate } from '../faults/faults.ts'
import type { Store } from '../state/store.ts'
import { StatusError } from '../wire/status.ts'
import type { OperationTable } from './operation.ts'
import { type Addressed, requireKnownProject } from './project-of.ts'

export type Serving = {
  readonly store: Store
  readonly gate: FaultGate
  readonly projectIds: readonly string[] | undefined
}

type Method = { readonly name: string; readonly operation: OperationTable[string] }

async function answer(method: Method, request: Addressed, serving: Serving): Promise<object> {
  const { loseAnswer, damage } = await serving.gate.admit(method.name)
  requireKnownProject(request, serving.projectIds)
  // The service definition decoded the request into the shape that this operation declares.
  const response = serving.store.run(method.operation, request as never)
  if (loseAnswer) throw new StatusError('UNAVAILABLE', 'The connection was lost before the answer arrived.')
  return damage ? damaged(response) : response
}

const onTheWire = (error: unknown): { code: number; details: string } =>
  error instanceof StatusError
    ? { code: status[error.code], details: error.message }
    : { code: status.INTERNAL, details: `The emulator failed: ${error instanceof Error ? error.message : error}` }

function handlerOf(method: Method, serving: Serving): handleUnaryCall<Addressed, object> {
  return (call, callback) => {
    answer(method, call.request, serving).then(
      (response) => callback(null, response),
      (error: unknown) => callback(onTheWire(error)),
    )
  }
}

export function handlersFor(table: OperationTable, serving: Serving): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(table).map(([name, operation]) => [name, handlerOf({ name, operation }, serving)]),
  )
}
