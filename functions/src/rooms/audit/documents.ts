// How segments and seals are stored, and how they are read back: what cannot be understood whole is not guessed at.
import type { Head, Leaf, Seal, SealBody, SealNumber, Segment } from '@latchkey/core/audit/chain'
import { anchorRecord } from '@latchkey/core/audit/export-lines'
import * as z from 'zod'
import type { Anchors } from '../../platform/cloud/anchors.ts'
import type { DocumentFields, Reader } from '../../platform/store/reader.ts'
import { StoreError } from '../../platform/store/store-error.ts'

const digits = 10
/** Lists by id run in the order of the sequence. */
export const numbered = (sequence: number): string => String(sequence).padStart(digits, '0')

export const headPath = (tenant: string): string => `auditHeads/${tenant}`
export const segmentPath = (tenant: string, sequence: number): string =>
  `tenants/${tenant}/segments/${numbered(sequence)}`
export const sealPath = (sequence: number): string => `auditSeals/${numbered(sequence)}`
export const sealingPath = 'auditSealing/current'
/** Names in the second place: of a seal, of a public key, and of the beginning of an epoch. */
export const anchorName = ({ epoch, sequence }: SealNumber): string =>
  `seal-${String(epoch).padStart(5, '0')}-${numbered(sequence)}.json`
export const keyName = (kid: string): string => `key-${kid}.json`
export const epochName = (epoch: number): string => `epoch-${String(epoch).padStart(5, '0')}.json`

const hash = anchorRecord.shape.root
const count = anchorRecord.shape.count
const leaf = anchorRecord.shape.leaves.element

const sealing = z.object({
  /** The seal that is being made. */
  epoch: count,
  sequence: count,
  /** The hash and the moment of the one before. */
  previous: hash.nullable(),
  sealedAt: z.string().nullable(),
  /** The last that lies in the second place, too. */
  anchored: z.int().min(0),
  /** Grows with every step: a sealer that did not see the last one takes none. */
  turn: z.int().min(0),
})
export type Sealing = z.output<typeof sealing>

const storedSeal = z.object({
  sequence: count,
  leaves: z.array(leaf),
  /** Set when no segment comes under it any more. */
  closed: z.object({ at: z.string(), count, root: hash }).optional(),
  /** With the epoch in which it was signed, and the seal that it was signed after. */
  signed: z.object({ epoch: count, previous: hash.nullable(), kid: z.string(), signature: z.string() }).optional(),
})
export type StoredSeal = z.output<typeof storedSeal>

const storedHead = z.object({ sequence: count, last: count, hash })
const storedSegment = z.object({
  tenant: z.string(),
  sequence: count,
  seal: count,
  previous: hash.nullable(),
  first: count,
  events: z.array(z.object({ id: z.string(), hash })).min(1),
})

const understood = <T>(shape: z.ZodType<T>, fields: DocumentFields, what: string): T => {
  const parsed = shape.safeParse(fields)
  if (!parsed.success) throw new StoreError('unavailable', `${what} is damaged`)
  return parsed.data
}

export const sealingIn = (fields: DocumentFields | undefined): Sealing =>
  fields === undefined
    ? { epoch: 1, sequence: 1, previous: null, sealedAt: null, anchored: 0, turn: 0 }
    : understood(sealing, fields, sealingPath)

export const headIn = (fields: DocumentFields | undefined, tenant: string): Head | undefined =>
  fields === undefined ? undefined : understood(storedHead, fields, headPath(tenant))

export const segmentIn = (fields: DocumentFields, path: string): Segment => understood(storedSegment, fields, path)

export const storedSealIn = (fields: DocumentFields | undefined, sequence: number): StoredSeal =>
  fields === undefined ? { sequence, leaves: [] } : understood(storedSeal, fields, sealPath(sequence))

/** What is to be signed; undefined before it is closed. */
export const bodyOf = (
  { sequence, closed }: StoredSeal,
  { epoch, previous }: Pick<Sealing, 'epoch' | 'previous'>,
): SealBody | undefined => (closed === undefined ? undefined : { epoch, sequence, previous, ...closed })

export interface LeavedSeal extends Seal {
  readonly leaves: readonly Leaf[]
}

/** Undefined before it is signed. */
export const sealIn = (stored: StoredSeal): LeavedSeal | undefined => {
  const { sequence, closed, signed, leaves } = stored
  return closed === undefined || signed === undefined ? undefined : { ...signed, sequence, ...closed, leaves }
}

/** Whether a later one was begun, which only a database that was restored does not know: numbers of this one are given out no more. */
export const isEpochOver = async (anchors: Pick<Anchors, 'read'>, epoch: number): Promise<boolean> =>
  (await anchors.read(epochName(epoch + 1))) !== undefined

/** The last seal that was signed; number 0 before the first. */
const readLastSeal = async (read: Reader): Promise<SealNumber> => {
  const [current] = await read.getAll([sealingPath])
  const { epoch, sequence } = sealingIn(current)
  return { epoch, sequence: sequence - 1 }
}

/** Undefined when the second place holds the next one already, or a later epoch: after a restore it is not the last. */
export const lastSealReader =
  (anchors: Pick<Anchors, 'read'>) =>
  async (read: Reader): Promise<SealNumber | undefined> => {
    const { epoch, sequence } = await readLastSeal(read)
    // Whoever has a stolen key must not win by making the second place fail.
    const next = await anchors.read(anchorName({ epoch, sequence: sequence + 1 })).catch(() => undefined)
    const isOver = await isEpochOver(anchors, epoch).catch(() => false)
    return next === undefined && !isOver ? { epoch, sequence } : undefined
  }
