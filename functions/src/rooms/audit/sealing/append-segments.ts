// Appends events to the chains of their tenants, a stretch in one transaction: segments, heads, the seal they come under, and markers gone.
import { type Head, headOf, leafOf, type Segment, type SegmentEvent, segmentAfter } from '@latchkey/core/audit/chain'
import { eventHash } from '@latchkey/core/audit/commitment'
import { sha256 } from '../../../platform/seal.ts'
import { recordedEvent } from '../../../platform/store/audit-document.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { SealingDependencies } from '../dependencies.ts'
import {
  headIn,
  headPath,
  type Sealing,
  type StoredSeal,
  sealingIn,
  sealingPath,
  sealPath,
  segmentPath,
  storedSealIn,
} from '../documents.ts'
import type { Marker } from './gather-markers.ts'

/** What a step did; undefined when another sealer has taken a turn meanwhile. */
export type Step<T> = Promise<T | undefined>

interface Hashed extends Marker {
  readonly hash: string
}

/** An event whose marker is there and which is gone: its place is kept, so that everybody sees that it is missing. */
const ofNothing = sha256('latchkey.audit.missing.v1')

/** Answers how many segments were made. `turn` is from before the markers were read: nobody has sealed one of them since. */
export const appendSegments = async (
  markers: readonly Marker[],
  turn: number,
  { read, operate, log }: SealingDependencies,
): Step<number> => {
  const found = await read.getAll(markers.map(({ tenant, id }) => `tenants/${tenant}/audit/${id}`))
  const hashed = markers.map((marker, index): Hashed => {
    const stored = found[index]
    const hash = stored === undefined ? undefined : eventHash(sha256, recordedEvent(marker.id, stored))
    if (hash === undefined)
      log('ERROR', 'an event is missing from the audit log', { tenant: marker.tenant, event: marker.id })
    return { ...marker, hash: hash ?? ofNothing }
  })
  return operate.transact<number | undefined>(async (inside) => {
    const tenants = [...new Set(hashed.map(({ tenant }) => tenant))]
    const { sealing, seal, heads } = await readStand(inside, tenants)
    if (sealing.turn !== turn || seal.closed !== undefined) return { writes: [], value: undefined }
    const segments = tenants.map((tenant) =>
      segmentAfter(heads.get(tenant), { tenant, seal: sealing.sequence, events: eventsOf(hashed, tenant) }),
    )
    return {
      writes: [...writesOf(segments, sealing, seal), ...markers.map(({ id }) => withoutMark(id))],
      value: segments.length,
    }
  })
}

const eventsOf = (hashed: readonly Hashed[], wanted: string): readonly SegmentEvent[] =>
  hashed.flatMap(({ tenant, id, hash }) => (tenant === wanted ? [{ id, hash }] : []))

const readStand = async (read: Reader, tenants: readonly string[]) => {
  const [current, ...found] = await read.getAll([sealingPath, ...tenants.map(headPath)])
  const sealing = sealingIn(current)
  const [stored] = await read.getAll([sealPath(sealing.sequence)])
  const heads = new Map<string, Head | undefined>(
    tenants.map((tenant, index) => [tenant, headIn(found[index], tenant)]),
  )
  return { sealing, seal: storedSealIn(stored, sealing.sequence), heads }
}

const writesOf = (segments: readonly Segment[], sealing: Sealing, seal: StoredSeal): readonly Write[] => [
  ...segments.flatMap((segment): Write[] => [
    { kind: 'create', path: segmentPath(segment.tenant, segment.sequence), fields: { ...segment } },
    { kind: 'set', path: headPath(segment.tenant), fields: { ...headOf(sha256, segment) } },
  ]),
  {
    kind: 'set',
    path: sealPath(sealing.sequence),
    fields: { ...seal, leaves: [...seal.leaves, ...segments.map((segment) => leafOf(sha256, segment))] },
  },
  { kind: 'set', path: sealingPath, fields: { ...sealing, turn: sealing.turn + 1 } },
]

const withoutMark = (id: string): Write => ({ kind: 'update', path: `outbox/${id}`, fields: { toSeal: undefined } })
