// What is wrong with a log, and where: the tenant, the position, the event.

export type FaultKind =
  /** A line that is none of an export. */
  | 'malformed'
  /** An event whose fields are not those that were sealed. */
  | 'edited'
  /** An event that was sealed and is not there, or not where it was. */
  | 'removed'
  /** An event that is there twice, at another's place, or was never sealed. */
  | 'foreign'
  /** Segments that do not follow each other: one is missing, twice there, or another one with the same number. */
  | 'chain'
  /** A segment that its seal says nothing of, or a seal that is not there. */
  | 'seal'
  /** A seal that nobody trusted signed. */
  | 'signature'
  /** An end that is not the end. */
  | 'truncated'
  /** A seal in the second place that says something else. */
  | 'anchor'

export interface Fault {
  readonly kind: FaultKind
  readonly tenant: string
  readonly position?: number
  readonly event?: string
  readonly sentence: string
}

export interface Report {
  readonly tenant: string
  readonly segments: number
  readonly events: number
  /** The position after which it begins, when that is not the beginning. */
  readonly after: number
  /** Of the last event. */
  readonly last: number
  /** Events of which something was taken out, lawfully: their hashes hold. */
  readonly redacted: number
  /** How many seals of the second place were compared. */
  readonly anchors: number
  /** In the order in which they were found; empty when all is well. */
  readonly faults: readonly Fault[]
}
