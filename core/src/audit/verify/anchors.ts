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
  /** The hash of a seal; undefined for one that is not there. */
  readonly hashOf: (seal: SealNumber) => string | undefined
  /** By the number of the segment: one, or one an epoch. */
  readonly leaves: ReadonlyMap<number, readonly OwnLeaf[]>
  /** Epochs after the first by their first seals, where that on which an epoch goes on is there as well. */
  readonly starts: ReadonlyMap<number, number>
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
      const { starts, faults: disorder } = ordered(seals, place.someSeals ?? false)
      const hashOf = (seal: SealNumber) => seals.get(nameOf(seal))?.hash
      return { keys, newest, size: seals.size, hashOf, leaves, starts, faults: [...faults, ...disorder] }
    },
  }
}

/** A key that only the database knows was never anchored with a seal: it counts for nothing. */
const countingKeys = ({ published, held }: SecondPlace): readonly SealKey[] => [
  ...held.map(({ kid, x, y }): SealKey => {
    const other = published.find((key) => key.kid === kid)
    if (other !== undefined && (other.x !== x || other.y !== y))
      return { kid, x, y, fault: 'which is another one in the second place' }
    return { kid, x, y, ...(other?.lastSeal === undefined ? {} : { lastSeal: other.lastSeal }) }
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

const twice = ({ sequence }: SealNumber): string => `the second place holds seal ${sequence} twice`

type Seals = ReadonlyMap<string, Anchored>

/** Each seal after the one before it, and each epoch after a seal of an earlier one. */
const ordered = (seals: Seals, some: boolean) => {
  const starts = new Map<number, number>()
  const faults: string[] = []
  const sorted = [...seals.values()].sort((one, other) => one.epoch - other.epoch || one.sequence - other.sequence)
  for (const [at, seal] of sorted.entries()) {
    const { epoch, sequence, previous } = seal
    const before = seals.get(nameOf({ epoch, sequence: sequence - 1 }))
    const isFirst = sorted[at - 1]?.epoch !== epoch
    if (isFirst && epoch > 1) {
      if (goesOn(seals, seal)) starts.set(epoch, sequence)
      else if (!some) faults.push(`in the second place, nothing is there that epoch ${epoch} goes on from`)
    } else if (before === undefined && !isFirst && !some)
      faults.push(`in the second place, seal ${sequence - 1} is missing`)
    if (before !== undefined && previous !== before.hash)
      faults.push(`in the second place, seal ${sequence} does not follow seal ${sequence - 1}`)
  }
  return { starts, faults }
}

const goesOn = (seals: Seals, { epoch, sequence, previous }: Anchored): boolean => {
  if (sequence === 1) return previous === null
  for (let earlier = epoch - 1; earlier > 0; earlier--)
    if (seals.get(nameOf({ epoch: earlier, sequence: sequence - 1 }))?.hash === previous) return true
  return false
}

/** Whether a seal is still one of the log in an epoch: those from the first of a later one on were lost with the state that was restored. */
export const livesIn = ({ starts }: Pick<Anchors, 'starts'>, seal: SealNumber, epoch: number): boolean =>
  [...starts].every(([later, first]) => later <= seal.epoch || later > epoch || seal.sequence < first)

export interface Loss {
  readonly epoch: number
  /** Where the epoch goes on, and the last seal that was lost. */
  readonly first: number
  readonly sequence: number
  /** Positions of the tenant's events that were lost. */
  readonly from: number
  readonly to: number
}

/** What restores lost of this tenant, epoch by epoch: positions that the log has given out once more since. */
export const lossesIn = (anchors: Anchors): readonly Loss[] => {
  const leaves = [...anchors.leaves.values()].flat()
  return [...anchors.starts].flatMap(([epoch, first]): readonly Loss[] => {
    const before = leaves.filter((leaf) => leaf.epoch < epoch && livesIn(anchors, leaf, epoch - 1))
    // A segment that was sealed anew as it was lives on.
    const later = leaves.filter((leaf) => leaf.epoch >= epoch)
    const isKept = ({ sequence, segment, hash }: OwnLeaf): boolean =>
      sequence < first || later.some((leaf) => leaf.segment === segment && leaf.hash === hash)
    const lost = before.filter((leaf) => !isKept(leaf))
    if (lost.length === 0) return []
    const kept = before.filter(isKept)
    const end = furthest(lost)
    return [{ epoch, first, sequence: end.sequence, from: furthest(kept).last + 1, to: end.last }]
  })
}

const furthest = (leaves: readonly OwnLeaf[]): Pick<OwnLeaf, 'sequence' | 'last'> =>
  leaves.reduce(
    (end, { sequence, last }) => ({ sequence: Math.max(end.sequence, sequence), last: Math.max(end.last, last) }),
    { sequence: 0, last: 0 },
  )
