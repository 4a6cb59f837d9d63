// Reads Latchkey's own code out of a refused callable: Firebase knows 16 statuses, the rest travels in `details`.

export interface Refusal {
  /** A stable code; each has a page in the documentation. */
  readonly code: string
  readonly requestId: string
  readonly field?: string
  readonly missing?: readonly string[]
  readonly retryAfterSeconds?: number
}

/** The refusal behind an error that `httpsCallable` threw; undefined when it is another kind of failure. */
export const refusalOf = (error: unknown): Refusal | undefined => {
  if (typeof error !== 'object' || error === null || !('details' in error)) return undefined
  const { details } = error
  if (typeof details !== 'object' || details === null || !('code' in details) || !('requestId' in details))
    return undefined
  return typeof details.code === 'string' ? (details as Refusal) : undefined // the guard's renderCallable made it
}
