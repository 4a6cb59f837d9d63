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
  /** Events that a restore of the database lost; the second place knows of them. */
  | 'lost'
  /** Something was taken out of an event, and no event of the log says so. */
  | 'redacted'
  /** An event that a search does not find by what it says; an export has nothing to do with it. */
  | 'search'

export interface Fault {
  readonly kind: FaultKind
  readonly tenant: string
  readonly position?: number
  readonly event?: string
  readonly sentence: string
}

/** An event of which something was taken out: its hash holds. */
export interface Redaction {
  readonly event: string
  readonly position: number
  /** What is gone, as `details.email`. */
  readonly fields: readonly string[]
  /** Whether events of the log say that each of them was taken out. */
  readonly covered: boolean
}

export interface Report {
  readonly tenant: string
  readonly segments: number
  readonly events: number
  /** The position after which it begins, when that is not the beginning. */
  readonly after: number
  /** Of the last event. */
  readonly last: number
  /** In the order of their positions. */
  readonly redactions: readonly Redaction[]
  /** How many seals of the second place were compared. */
  readonly anchors: number
  /** In the order in which they were found; empty when all is well. */
  readonly faults: readonly Fault[]
}
