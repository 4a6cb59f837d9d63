// What the database says when it fails, in words that name no database.
import type { Firestore } from '@google-cloud/firestore'
import { inTime } from '../in-time.ts'
import { isClosed, underWay } from './under-way.ts'

export type StoreFault = 'unavailable' | 'conflict' | 'too_large' | 'unknown'

export class StoreError extends Error {
  readonly fault: StoreFault
  /** The driver's own, by which it knows that a transaction is worth another try. */
  readonly code: unknown
  constructor(fault: StoreFault, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'StoreError'
    this.fault = fault
    this.code = codeOf(cause)
  }
}

// google.rpc.Code
const faults: Readonly<Record<number, StoreFault>> = {
  3: 'too_large', // INVALID_ARGUMENT is what an oversized document or request gives
  4: 'unavailable', // DEADLINE_EXCEEDED
  5: 'conflict', // NOT_FOUND: an update of what is gone
  6: 'conflict', // ALREADY_EXISTS
  8: 'unavailable', // RESOURCE_EXHAUSTED
  9: 'conflict', // FAILED_PRECONDITION
  10: 'unavailable', // ABORTED, after all retries
  13: 'unavailable', // INTERNAL
  14: 'unavailable', // UNAVAILABLE
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined

/** The client repeats a commit whose answer was lost, and one that waited for others may have expired: the transaction is over, which says nothing about how it ended. */
export const isTransactionOver = (error: unknown): boolean =>
  error instanceof Error &&
  codeOf(error) === 3 &&
  /transaction (is invalid or|has expired|is no longer)/i.test(error.message)

const faultOf = (code: number, error: unknown): StoreFault =>
  isTransactionOver(error) ? 'unavailable' : (faults[code] ?? 'unknown')

/** A function lives 30 s; the client would go on trying for minutes, and its caller would never hear a clean 503. */
const deadlineMilliseconds = 12_000

/** Runs `work`, turning a driver's error into a `StoreError`; errors of our own pass unchanged. Past the deadline its outcome is open, as after a lost answer. */
export const translating = async <T>(firestore: Firestore, work: () => Promise<T>): Promise<T> => {
  if (isClosed(firestore)) throw new StoreError('unavailable', 'the store was closed')
  try {
    return await inTime(underWay(firestore, work()), deadlineMilliseconds, late)
  } catch (error) {
    const code = codeOf(error)
    if (error instanceof StoreError || typeof code !== 'number') throw error
    throw new StoreError(faultOf(code, error), error)
  }
}

const late = () => new StoreError('unavailable', 'the database did not answer')
