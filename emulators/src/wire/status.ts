/** Refusals as the cloud words them: a gRPC status code and one sentence. */
import { status } from '@grpc/grpc-js'

export type StatusName = Exclude<keyof typeof status, 'OK'>

export class StatusError extends Error {
  readonly code: StatusName

  constructor(code: StatusName, message: string) {
    super(message)
    this.name = 'StatusError'
    this.code = code
  }
}

export const notFound = (resource: string): StatusError => new StatusError('NOT_FOUND', `${resource} not found.`)

export const alreadyExists = (resource: string): StatusError =>
  new StatusError('ALREADY_EXISTS', `${resource} already exists.`)

export const invalidArgument = (message: string): StatusError => new StatusError('INVALID_ARGUMENT', message)

export const failedPrecondition = (message: string): StatusError => new StatusError('FAILED_PRECONDITION', message)

/** The cloud can do this, the emulator cannot: said aloud, because ignoring a field would be a lie. */
export const notEmulated = (what: string): StatusError =>
  new StatusError('UNIMPLEMENTED', `${what} is not emulated. See the README of the emulators for what is.`)

export function isStatusName(name: unknown): name is StatusName {
  return typeof name === 'string' && name !== 'OK' && Number.isNaN(Number(name)) && name in status
}
