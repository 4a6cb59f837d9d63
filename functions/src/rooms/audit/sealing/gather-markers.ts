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
/** Of a shard in which some wait for a person: beyond so many, others wait as well. */
const mostBehind = 5_000
/** The last moment that Firestore knows. */
const endOfTime = instantOf(Date.UTC(9999, 11, 31))

export interface Gathered {
  readonly markers: readonly Marker[]
  /** Whether there may be others. */
  readonly more: boolean
}

/** Without those of tenants whose chains are damaged: what waits there for a person must hide nobody else's. */
export const gatherMarkers = async (read: Reader, damaged: ReadonlySet<string> = new Set()): Promise<Gathered> => {
  const numbers = Array.from({ length: outboxShards }, (_, shard) => shard)
  const shards: OfShard[] = []
  if (damaged.size === 0)
    shards.push(...(await Promise.all(numbers.map((shard) => oldestOf(read, shard, mostOfShard)))))
  // One at a time: what is read and left where it is must not be in memory all at once.
  else for (const shard of numbers) shards.push(without(damaged, await oldestOf(read, shard, mostBehind)))
  return {
    markers: shards.flatMap(({ found }) => found.flatMap(markerIn)).toSorted(inOrder),
    more: shards.some(({ more }) => more),
  }
}

interface OfShard {
  readonly found: readonly StoredDocument[]
  readonly more: boolean
}

const oldestOf = async (read: Reader, toSeal: number, limit: number): Promise<OfShard> => {
  const found = await read.list({
    collection: 'outbox',
    where: { toSeal },
    before: { field: 'at', at: endOfTime },
    limit,
  })
  return { found, more: found.length === limit }
}

const without = (damaged: ReadonlySet<string>, { found, more }: OfShard): OfShard => {
  const kept = found.filter(({ fields }) => !damaged.has(String(fields['tenant'])))
  return { found: kept.slice(0, mostOfShard), more: more || kept.length > mostOfShard }
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
