// Finds what is not sealed yet, whatever its time: the oldest of every shard, in the order in which each tenant's chain takes them.
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import { outboxShards } from '../../../platform/store/commit.ts'
import { instantIn, type Reader, type StoredDocument } from '../../../platform/store/reader.ts'

export interface Marker {
  readonly id: string
  readonly tenant: string
  readonly at: Instant
}

/** In memory at once: of all shards some thousands of a few hundred bytes. */
const mostOfShard = 250
/** The last moment that Firestore knows. */
const endOfTime = instantOf(Date.UTC(9999, 11, 31))

export interface Gathered {
  readonly markers: readonly Marker[]
  /** Whether there may be others. */
  readonly more: boolean
}

export const gatherMarkers = async (read: Reader): Promise<Gathered> => {
  const shards = await Promise.all(
    Array.from({ length: outboxShards }, (_, toSeal) =>
      read.list({
        collection: 'outbox',
        where: { toSeal },
        before: { field: 'at', at: endOfTime },
        limit: mostOfShard,
      }),
    ),
  )
  return {
    markers: shards.flat().flatMap(markerIn).toSorted(inOrder),
    more: shards.some((found) => found.length === mostOfShard),
  }
}

/** One that names no tenant is nobody's event: a repair has no mark at all. */
const markerIn = ({ id, fields }: StoredDocument): readonly Marker[] => {
  const { tenant } = fields
  const at = instantIn(fields['at'])
  return typeof tenant === 'string' && at !== undefined ? [{ id, tenant, at }] : []
}

/** By the moment and, within one, by the id: the same for whoever looks. */
const inOrder = (left: Marker, right: Marker): number =>
  left.at - right.at || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)
