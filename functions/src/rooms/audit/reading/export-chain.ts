// A tenant's sealed chain as the lines of an export, read a few segments at a time: it shows what is stored, and judges nothing.
import { type Head, headOf, leafText, type Segment, segmentHash } from '@latchkey/core/audit/chain'
import type { ExportLine } from '@latchkey/core/audit/export-lines'
import { pathsOf } from '@latchkey/core/audit/merkle'
import { sha256 } from '../../../platform/seal.ts'
import { recordedEvent } from '../../../platform/store/audit-document.ts'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import {
  headIn,
  headPath,
  type LeavedSeal,
  numbered,
  sealIn,
  sealingIn,
  sealingPath,
  sealPath,
  segmentIn,
  segmentPath,
  storedSealIn,
} from '../documents.ts'

export interface Stretch {
  readonly tenant: string
  /** The segment after which it begins; 0 for the whole chain. */
  readonly after: number
}

/** Segments in memory at once; each has at most some hundred events. */
const segmentsAtOnce = 10

/** The head after a segment that is there; undefined for one that is not. */
export const headAfter = async (read: Reader, { tenant, after }: Stretch): Promise<Head | undefined> => {
  const path = segmentPath(tenant, after)
  const [stored] = await read.getAll([path])
  return stored === undefined ? undefined : headOf(sha256, segmentIn(stored, path))
}

/** An event as it is stored, and its place. */
export interface StoredEvent {
  readonly tenant: string
  readonly id: string
  readonly position: number
  readonly stored: DocumentFields
}

/** One block of lines for each segment: its seal when that is another one than before, itself, its events. */
export async function* chainOf(
  read: Reader,
  { tenant, after }: Stretch,
  look: (event: StoredEvent) => void = () => undefined,
): AsyncGenerator<readonly ExportLine[]> {
  const [current] = await read.getAll([sealingPath])
  const upTo = sealingIn(current).sequence
  let under: Under = { sequence: 0, seal: undefined, paths: [] }
  for (let last = after; ; ) {
    const found = await read.list({
      collection: `tenants/${tenant}/segments`,
      after: numbered(last),
      limit: segmentsAtOnce,
    })
    for (const { id, fields } of found) {
      const segment = segmentIn(fields, `tenants/${tenant}/segments/${id}`)
      if (segment.seal >= upTo) return // it is not sealed yet
      const isNew = segment.seal !== under.sequence
      if (isNew) under = await underOf(read, segment.seal)
      yield [
        ...(isNew ? sealLines(under) : []),
        segmentLine(segment, under),
        ...(await eventLines(read, segment, look)),
      ]
      last = segment.sequence
    }
    if (found.length < segmentsAtOnce) return
  }
}

/** Of one seal: every path to its root is made at once. */
interface Under {
  readonly sequence: number
  readonly seal: LeavedSeal | undefined
  readonly paths: readonly (readonly string[])[]
}

const underOf = async (read: Reader, sequence: number): Promise<Under> => {
  const [stored] = await read.getAll([sealPath(sequence)])
  const seal = sealIn(storedSealIn(stored, sequence))
  return { sequence, seal, paths: seal === undefined ? [] : pathsOf(sha256, seal.leaves.map(leafText)) }
}

/** None for one that is gone: whoever verifies misses it. */
const sealLines = ({ seal }: Under): readonly ExportLine[] => {
  if (seal === undefined) return []
  const { leaves: _leaves, ...shown } = seal
  return [{ kind: 'seal', ...shown }]
}

const segmentLine = (segment: Segment, { seal, paths }: Under): ExportLine => {
  const hash = segmentHash(sha256, segment)
  const index = Math.max(0, seal?.leaves.findIndex((leaf) => leaf.hash === hash) ?? 0)
  return { kind: 'segment', ...segment, events: [...segment.events], index, path: [...(paths[index] ?? [])] }
}

const eventLines = async (
  read: Reader,
  { tenant, first, events }: Segment,
  look: (event: StoredEvent) => void,
): Promise<readonly ExportLine[]> => {
  const found = await read.getAll(events.map(({ id }) => `tenants/${tenant}/audit/${id}`))
  return events.flatMap(({ id }, at): readonly ExportLine[] => {
    const stored = found[at]
    if (stored === undefined) return []
    look({ tenant, id, position: first + at, stored })
    const event = recordedEvent(id, stored)
    return [{ kind: 'event', position: first + at, ...copied(event) }]
  })
}

type Recorded = ReturnType<typeof recordedEvent>
type EventFields = Extract<ExportLine, { kind: 'event' }>['fields']

/** The lines' own types know nothing of members that are left out. Cast: a stored event has none. */
const copied = (event: Recorded) => ({ ...event, fields: event.fields as EventFields })

/** The last line: where the sealed chain stands, as far as this instance knows. What is chained and not sealed yet is for the next export. */
export const endLine = async (read: Reader, tenant: string, last: Head | undefined): Promise<ExportLine> => {
  const following = segmentPath(tenant, (last?.sequence ?? 0) + 1)
  const [current, stored, next] = await read.getAll([sealingPath, headPath(tenant), following])
  const isNext = next !== undefined && segmentIn(next, following).seal >= sealingIn(current).sequence
  const head = isNext ? last : (headIn(stored, tenant) ?? last)
  return { kind: 'end', head: head ?? null }
}
