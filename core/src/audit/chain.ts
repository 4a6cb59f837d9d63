// Segments and seals: what the log is made of. A tenant's segments are a chain; a seal signs the root over the segments of all tenants.
import { canonicalJson } from '../kernel/canonical-json.ts'
import type { Sha256 } from './commitment.ts'

/** Where a chain stands after a segment: how many there are, the position of the last event, and the hash of the last segment. */
export interface Head {
  readonly sequence: number
  readonly last: number
  readonly hash: string
}

export interface SegmentEvent {
  readonly id: string
  readonly hash: string
}

/** The events of one tenant between two seals, or a part of them, in their order. */
export interface Segment {
  readonly tenant: string
  /** From 1, without gaps. */
  readonly sequence: number
  /** The seal that its hash is under. */
  readonly seal: number
  /** The hash of the segment before; null for the first. */
  readonly previous: string | null
  /** The position of its first event, from 1, without gaps. */
  readonly first: number
  readonly events: readonly SegmentEvent[]
}

/** What a seal says of one segment; whose it is only somebody knows who knows the tenant. */
export interface Leaf extends Head {
  readonly tenant: string
}

/** Which seal: numbers run through all epochs of a log; a number that a restored database gives out once more is of a later epoch. */
export interface SealNumber {
  /** From 1; raised by an operator when the database was restored to a state before its last seal. */
  readonly epoch: number
  /** From 1, without gaps. */
  readonly sequence: number
}

/** What is signed. */
export interface SealBody extends SealNumber {
  /** The hash of the seal before; null for the first. */
  readonly previous: string | null
  readonly at: string
  /** How many leaves the root is over. */
  readonly count: number
  readonly root: string
}

export interface Seal extends SealBody {
  readonly kid: string
  readonly signature: string
}

export const segmentHash = (sha256: Sha256, { events, ...segment }: Segment): string =>
  sha256(
    `latchkey.audit.segment.v1\n${canonicalJson({ ...segment, events: events.map(({ id, hash }) => [id, hash]) })}`,
  )

export const segmentAfter = (
  before: Head | undefined,
  { tenant, seal, events }: Pick<Segment, 'tenant' | 'seal' | 'events'>,
): Segment => ({
  tenant,
  sequence: (before?.sequence ?? 0) + 1,
  seal,
  previous: before?.hash ?? null,
  first: (before?.last ?? 0) + 1,
  events,
})

export const headOf = (sha256: Sha256, segment: Segment): Head => ({
  sequence: segment.sequence,
  last: segment.first + segment.events.length - 1,
  hash: segmentHash(sha256, segment),
})

/** Ids of tenants are unguessable, so the hash of one tells nobody anything, and everybody can look for their own. */
export const tenantKey = (sha256: Sha256, tenant: string): string => sha256(`latchkey.audit.tenant.v1\n${tenant}`)

/** The text of a leaf in the tree. */
export const leafText = ({ tenant, sequence, last, hash }: Leaf): string =>
  canonicalJson([tenant, sequence, last, hash])

export const leafOf = (sha256: Sha256, segment: Segment): Leaf => ({
  tenant: tenantKey(sha256, segment.tenant),
  ...headOf(sha256, segment),
})

/** ASCII; without the signature, so that signing again, after a lost answer, makes the same seal. */
export const sealText = ({ epoch, sequence, previous, at, count, root }: SealBody): string =>
  `latchkey.audit.seal.v1\n${canonicalJson({ epoch, sequence, previous, at, count, root })}`

export const sealHash = (sha256: Sha256, body: SealBody): string => sha256(sealText(body))

/** Whether a seal is this one, or was made before it. */
export const isUpTo = ({ epoch, sequence }: SealNumber, last: SealNumber): boolean =>
  epoch < last.epoch || (epoch === last.epoch && sequence <= last.sequence)
