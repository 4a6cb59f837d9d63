// What the second place says of a stretch: its seals, at the end the newest ones, the keys that signed them, and where later epochs begin.
import type { SealNumber } from '@latchkey/core/audit/chain'
import { anchoredKey, anchorRecord, type ExportLine } from '@latchkey/core/audit/export-lines'
import { type Anchors as Anchored, readAnchors } from '@latchkey/core/audit/verify/anchors'
import type { Host, SealKey } from '@latchkey/core/audit/verify/seals'
import * as z from 'zod'
import type { Anchors } from '../../../platform/cloud/anchors.ts'
import { anchorName, epochName, keyName, type Sealing } from '../documents.ts'

export interface Reading {
  readonly tenant: string
  readonly lines: readonly ExportLine[]
  readonly isEnd: boolean
  readonly sealing: Sealing
  readonly published: readonly SealKey[]
}

/** The newest seals: an end that was cut off within them is found here, one from before by an export and all anchors. */
const newestSeals = 20

export const readStretchAnchors = async (
  place: Anchors,
  { tenant, lines, isEnd, sealing, published }: Reading,
  host: Host,
): Promise<{ readonly anchored: Anchored; readonly missing: readonly number[] }> => {
  const begun = await epochsBefore(place, sealing.epoch)
  const own = lines.flatMap((line) => (line.kind === 'seal' ? [line] : []))
  const newest = isEnd ? countdown(sealing.anchored, newestSeals) : []
  const wanted = new Map(
    [
      ...own,
      ...newest.map((sequence) => ({ epoch: epochOf(sequence, sealing.epoch, begun), sequence })),
      ...[...begun].flatMap(([epoch, after]) => [after, { epoch, sequence: after.sequence + 1 }]),
    ]
      .filter(({ sequence }) => sequence > 0)
      .map((seal) => [anchorName(seal), seal]),
  )
  const found = await Promise.all([...wanted].map(async ([name, seal]) => [seal, await recordAt(place, name)] as const))
  const records = found.flatMap(([, record]) => record ?? [])
  const kids = [...new Set([...own, ...records].map(({ kid }) => kid))]
  const held = (await Promise.all(kids.map((kid) => keyAt(place, kid)))).flatMap((key) => key ?? [])
  const reading = readAnchors({ tenant, published, held, someSeals: true }, host)
  for (const record of records) reading.take(record)
  // Only that one is missing is believed of the database, not that nothing is there.
  const missing = found.flatMap(([{ sequence }, record]) =>
    record === undefined && sequence <= sealing.anchored ? [sequence] : [],
  )
  return { anchored: reading.finish(), missing: missing.toSorted((one, other) => one - other) }
}

const countdown = (from: number, most: number): readonly number[] =>
  Array.from({ length: Math.min(most, from) }, (_, at) => from - at)

const json = async (place: Anchors, name: string): Promise<unknown> => {
  const text = await place.read(name)
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined // cut off by a crash
  }
}

const recordAt = async (place: Anchors, name: string) => anchorRecord.safeParse(await json(place, name)).data
const keyAt = async (place: Anchors, kid: string) => anchoredKey.safeParse(await json(place, keyName(kid))).data

const epochRecord = z.object({ after: z.object({ epoch: z.int().min(1), sequence: z.int().min(1) }).nullable() })

/** Of an epoch and those that it goes on from: the seal after which each begins. A hint where to look: what is there proves itself. */
const epochsBefore = async (place: Anchors, newest: number): Promise<ReadonlyMap<number, SealNumber>> => {
  const begun = new Map<number, SealNumber>()
  for (let epoch = newest; epoch > 1; ) {
    const after = epochRecord.safeParse(await json(place, epochName(epoch))).data?.after
    begun.set(epoch, after ?? { epoch: 1, sequence: 0 })
    epoch = Math.min(after?.epoch ?? 1, epoch - 1)
  }
  return begun
}

const epochOf = (sequence: number, newest: number, begun: ReadonlyMap<number, SealNumber>): number => {
  const after = begun.get(newest)
  return after === undefined || sequence > after.sequence ? newest : epochOf(sequence, after.epoch, begun)
}
