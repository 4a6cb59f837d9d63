// Reads the second place, one seal at a time: of each it keeps a hash, and of its leaves those of one tenant.
import { isUpTo, leafText, type SealNumber, sealHash, tenantKey } from '../chain.ts'
import type { AnchorRecord } from '../export-lines.ts'
import { rootOf } from '../merkle.ts'
import { type Host, type SealKey, signatureFault } from './seals.ts'

/** What the second place says of one segment of the tenant. */
export interface OwnLeaf extends SealNumber {
  /** The number of the segment, and the position of its last event. */
  readonly segment: number
  readonly last: number
  readonly hash: string
}

/** Where an epoch begins. */
interface Start {
  /** The number of its first seal. */
  readonly first: number
  /** The epoch of the seal before: not always the one before, when a later restore was to a later state. */
  readonly from: number
}

interface Anchored extends SealNumber {
  readonly hash: string
  readonly previous: string | null
}

export interface Anchors {
  /** What seals are judged by up to the last one there: keys of the second place, and until which seal each counts. */
  readonly keys: readonly SealKey[]
  /** The newest, trusted or not; number 0 when there is none. */
  readonly newest: SealNumber
  readonly size: number
  /** Not even one that is not trusted, where all that there are were to be. */
  readonly isEmpty: boolean
  /** The hash of a seal; undefined for one that is not there. */
  readonly hashOf: (seal: SealNumber) => string | undefined
  /** By the number of the segment: one, or one an epoch. */
  readonly leaves: ReadonlyMap<number, readonly OwnLeaf[]>
  /** Whether it says of a seal, by holding older and newer ones, that there is none such. */
  readonly excludes: (seal: SealNumber) => boolean
  /** Epochs after the first, where that on which an epoch goes on is there as well. */
  readonly starts: ReadonlyMap<number, Start>
  readonly faults: readonly string[]
}

export interface SecondPlace {
  readonly tenant: string
  /** As they are published, with the ends of those that were declared compromised. */
  readonly published: readonly SealKey[]
  /** As the second place holds them. */
  readonly held: readonly SealKey[]
  /** These seals are not all that there are, so that one is missing among them says nothing. */
  readonly someSeals?: boolean
}

export interface AnchorReading {
  readonly take: (record: AnchorRecord) => void
  readonly finish: () => Anchors
}

const nameOf = ({ epoch, sequence }: SealNumber): string => `${epoch}/${sequence}`

/** An anchor counts for what it is: its root is over its leaves, and one that is trusted signed it. */
export const readAnchors = (place: SecondPlace, host: Host): AnchorReading => {
  const keys = countingKeys(place)
  const own = tenantKey(host.sha256, place.tenant)
  const seals = new Map<string, Anchored>()
  const leaves = new Map<number, readonly OwnLeaf[]>()
  const faults: string[] = []
  let newest: SealNumber = { epoch: 1, sequence: 0 }
  return {
    take: (record) => {
      const { epoch, sequence, previous } = record
      if (!isUpTo(record, newest)) newest = { epoch, sequence }
      const fault = recordFault(record, keys, host) ?? (seals.has(nameOf(record)) ? twice(record) : undefined)
      if (fault !== undefined) return void faults.push(fault)
      seals.set(nameOf(record), { epoch, sequence, previous, hash: sealHash(host.sha256, record) })
      for (const { tenant, sequence: segment, last, hash } of record.leaves)
        if (tenant === own)
          leaves.set(segment, [...(leaves.get(segment) ?? []), { epoch, sequence, segment, last, hash }])
    },
    finish: () => {
      const { someSeals = false } = place
      const { starts, faults: disorder } = ordered(seals, someSeals)
      const hashOf = (seal: SealNumber) => seals.get(nameOf(seal))?.hash
      // Of the newest epoch a seal after the last may be younger than the copy, and one before it is missed there.
      const excludes = (seal: SealNumber): boolean =>
        !someSeals && seal.epoch < newest.epoch && !seals.has(nameOf(seal)) && holdsOlder(seals, seal)
      const isEmpty = !someSeals && newest.sequence === 0
      const counted = { size: seals.size, isEmpty, newest }
      return { keys, ...counted, hashOf, excludes, leaves, starts, faults: [...faults, ...disorder] }
    },
  }
}

/** A key that only the database knows was never anchored with a seal: it counts for nothing. */
const countingKeys = ({ published, held }: SecondPlace): readonly SealKey[] => [
  ...held,
  ...published.flatMap(({ kid, x, y, ...end }): readonly SealKey[] => {
    const there = held.find((key) => key.kid === kid)
    if (there === undefined) return []
    const isOther = there.x !== x || there.y !== y
    return [isOther ? { ...there, fault: 'which is another one in the second place' } : { ...there, ...end }]
  }),
  ...published
    .filter(({ kid }) => !held.some((key) => key.kid === kid))
    .map((key) => ({ ...key, fault: 'which the second place does not hold' })),
]

const recordFault = (record: AnchorRecord, keys: readonly SealKey[], host: Host): string | undefined => {
  const fault = signatureFault(record, keys, host)
  if (fault !== undefined) return `in the second place, ${fault}`
  return rootOf(host.sha256, record.leaves.map(leafText)) === record.root && record.count === record.leaves.length
    ? undefined
    : `in the second place, the leaves of seal ${record.sequence} are not those that it is over`
}

const holdsOlder = (seals: Seals, seal: SealNumber): boolean => [...seals.values()].some((one) => isUpTo(one, seal))

const twice = ({ sequence }: SealNumber): string => `the second place holds seal ${sequence} twice`

type Seals = ReadonlyMap<string, Anchored>

/** Each seal after the one before it, and each epoch after a seal of an earlier one. */
const ordered = (seals: Seals, some: boolean) => {
  const starts = new Map<number, Start>()
  const faults: string[] = []
  const sorted = [...seals.values()].sort((one, other) => one.epoch - other.epoch || one.sequence - other.sequence)
  for (const [at, seal] of sorted.entries()) {
    const { epoch, sequence, previous } = seal
    const before = seals.get(nameOf({ epoch, sequence: sequence - 1 }))
    const isFirst = sorted[at - 1]?.epoch !== epoch
    if (isFirst && epoch > 1) {
      const from = epochBefore(seals, seal)
      if (from !== undefined) starts.set(epoch, { first: sequence, from })
      else if (!some) faults.push(`in the second place, nothing is there that epoch ${epoch} goes on from`)
    } else if (before === undefined && !isFirst && !some)
      faults.push(`in the second place, seal ${sequence - 1} is missing`)
    if (before !== undefined && previous !== before.hash)
      faults.push(`in the second place, seal ${sequence} does not follow seal ${sequence - 1}`)
  }
  return { starts, faults }
}

/** That of the seal which the first one of an epoch goes on from; undefined when that is not there. */
const epochBefore = (seals: Seals, { epoch, sequence, previous }: Anchored): number | undefined => {
  if (sequence === 1) return previous === null ? 1 : undefined
  for (let earlier = epoch - 1; earlier > 0; earlier--)
    if (seals.get(nameOf({ epoch: earlier, sequence: sequence - 1 }))?.hash === previous) return earlier
  return undefined
}

/** Whether a seal is one of the log as an epoch has it: its own, and below its first one those of the epoch that it goes on from. */
export const livesIn = ({ starts }: Pick<Anchors, 'starts'>, seal: SealNumber, epoch: number): boolean => {
  const start = starts.get(epoch)
  // Where nobody knows what an epoch goes on from, all that came before it is its own.
  if (start === undefined) return seal.epoch <= epoch
  return seal.sequence < start.first ? livesIn({ starts }, seal, start.from) : seal.epoch === epoch
}

export interface Loss {
  readonly epoch: number
  /** The first seal and the last that were lost before it. */
  readonly first: number
  readonly sequence: number
  /** Positions of the tenant's events that were lost. */
  readonly from: number
  readonly to: number
}

/** What restores lost of this tenant, epoch by epoch: positions that the log has given out once more since. */
export const lossesIn = (anchors: Anchors): readonly Loss[] => {
  const leaves = [...anchors.leaves.values()].flat()
  const epochs = [...anchors.starts.keys()].sort((one, other) => one - other)
  return [...anchors.starts].flatMap(([epoch, { first }]): readonly Loss[] => {
    const last = epochs[epochs.indexOf(epoch) - 1] ?? 1
    const before = leaves.filter((leaf) => livesIn(anchors, leaf, last))
    // A segment that was sealed anew as it was lives on, and one that a later restore brought back lives again.
    const later = leaves.filter((leaf) => leaf.epoch >= epoch)
    const isKept = (leaf: OwnLeaf): boolean =>
      livesIn(anchors, leaf, epoch) ||
      livesIn(anchors, leaf, anchors.newest.epoch) ||
      later.some(({ segment, hash }) => leaf.segment === segment && leaf.hash === hash)
    const lost = before.filter((leaf) => !isKept(leaf))
    if (lost.length === 0) return []
    const kept = before.filter(isKept)
    const end = furthest(lost)
    const begin = Math.min(first, ...lost.map(({ sequence }) => sequence))
    return [{ epoch, first: begin, sequence: end.sequence, from: furthest(kept).last + 1, to: end.last }]
  })
}

const furthest = (leaves: readonly OwnLeaf[]): Pick<OwnLeaf, 'sequence' | 'last'> =>
  leaves.reduce(
    (end, { sequence, last }) => ({ sequence: Math.max(end.sequence, sequence), last: Math.max(end.last, last) }),
    { sequence: 0, last: 0 },
  )
