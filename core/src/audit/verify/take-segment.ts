// Judges seals and segments: each seal signed and in order, each segment after the one before and under its seal.
import { headOf, isUpTo, leafOf, leafText, sealHash } from '../chain.ts'
import type { SealLine, SegmentLine } from '../export-lines.ts'
import { rootFrom } from '../merkle.ts'
import { livesIn, type OwnLeaf } from './anchors.ts'
import { find, type Judging, placeNow } from './judging.ts'
import { orderFault, type SealKey, signatureFault } from './seals.ts'
import { closeSegment } from './take-event.ts'

export const takeSeal = (judging: Judging, seal: SealLine): void => {
  closeSegment(judging)
  const { state, host } = judging
  const at = placeNow(state)
  const before = state.seal ?? state.sealBefore
  const unsigned = signatureFault(seal, keysFor(judging, seal), host)
  if (unsigned !== undefined) find(judging, 'signature', unsigned, at)
  // A part that goes on amid a seal brings it along once more.
  const goesOn = state.seal === undefined && before !== undefined && hashOf(judging, before) === hashOf(judging, seal)
  const disorder = before === undefined || goesOn ? undefined : orderFault(before, seal, host)
  if (disorder !== undefined) find(judging, 'seal', disorder, at)
  compareWithAnchor(judging, seal)
  beginEpoch(judging, seal)
  state.seal = seal
}

/** What is younger than the second place is proven by the published keys alone, as everything is without it. */
const keysFor = ({ keys, anchors }: Judging, seal: SealLine): readonly SealKey[] =>
  anchors === undefined || !isUpTo(seal, anchors.newest) ? keys : anchors.keys

const hashOf = ({ host }: Judging, seal: SealLine): string => sealHash(host.sha256, seal)

const compareWithAnchor = (judging: Judging, seal: SealLine): void => {
  const { state, keys, anchors } = judging
  const anchored = anchors?.hashOf(seal)
  if (anchored !== undefined && anchored !== hashOf(judging, seal))
    find(judging, 'anchor', `seal ${seal.sequence} is another one in the second place`, placeNow(state))
  const before = anchors?.hashOf({ epoch: seal.epoch, sequence: seal.sequence - 1 })
  if (anchored === undefined && before !== undefined && before !== seal.previous) {
    const sentence = `seal ${seal.sequence} does not follow seal ${seal.sequence - 1} of the second place`
    find(judging, 'anchor', sentence, placeNow(state))
  }
  if (anchors?.excludes(seal) === true) {
    const sentence = `seal ${seal.sequence} is of epoch ${seal.epoch}, and the second place, which holds later ones, does not hold it`
    find(judging, 'anchor', sentence, placeNow(state))
  }
  if (anchored === undefined && keys.some(({ kid, lastSeal }) => kid === seal.kid && lastSeal !== undefined)) {
    const sentence = `seal ${seal.sequence} is by a compromised key, and not in the second place`
    find(judging, 'signature', sentence, placeNow(state))
  }
}

/** A later epoch gives numbers out once more: without the second place nobody knows what stood under them before. */
const beginEpoch = (judging: Judging, { epoch, sequence }: SealLine): void => {
  const { state, anchors } = judging
  if (epoch <= state.epoch) return
  state.epoch = epoch
  if (anchors?.starts.has(epoch) === true) return
  const sentence = `seal ${sequence} is of epoch ${epoch}, and only the second place shows what that goes on from`
  find(judging, 'seal', sentence, placeNow(state))
}

export const takeSegment = (judging: Judging, segment: SegmentLine): void => {
  closeSegment(judging)
  const { state, host } = judging
  const { first } = segment
  const expected = (state.head?.sequence ?? 0) + 1
  const stray = strayFault(judging, segment, expected)
  if (stray !== undefined) {
    find(judging, stray.kind, stray.sentence, stray.kind === 'foreign' ? placeNow(state) : { position: first })
    return
  }
  const broken = chainFault(judging, segment, expected)
  if (broken !== undefined) find(judging, 'chain', broken, placeNow(state))
  const unsealed = sealFault(judging, segment)
  if (unsealed !== undefined) find(judging, 'seal', unsealed, placeOf(segment))
  const { index: _index, path: _path, kind: _kind, ...bare } = segment
  state.open = { segment, next: 0 }
  state.head = headOf(host.sha256, bare)
  const other = anchoredFault(judging, segment, state.head.hash)
  if (other !== undefined) find(judging, 'anchor', other, placeOf(segment))
  state.segments++
}

/** A chain that was cut off and has grown anew is signed like any other; but the second place remembers what it was. */
const anchoredFault = (
  { anchors, state }: Judging,
  { sequence, seal }: SegmentLine,
  hash: string,
): string | undefined => {
  const said = anchors?.leaves.get(sequence) ?? []
  const isSame = said.every(
    (leaf) => !isOfLog(anchors, leaf, state.epoch) || (leaf.sequence === seal && leaf.hash === hash),
  )
  return isSame ? undefined : `in the second place segment ${sequence} is another one`
}

const isOfLog = (anchors: Judging['anchors'], leaf: OwnLeaf, epoch: number): boolean =>
  anchors !== undefined && leaf.epoch <= epoch && livesIn(anchors, leaf, epoch)

/** One that does not belong here at all: the chain stays where it stands. */
const strayFault = ({ state }: Judging, { tenant, sequence }: SegmentLine, expected: number) => {
  if (tenant !== state.tenant)
    return { kind: 'foreign', sentence: `a segment of the tenant ${tenant} stands here` } as const
  return sequence >= expected
    ? undefined
    : ({ kind: 'chain', sentence: `segment ${sequence} is there twice, or there are two of this number` } as const)
}

const placeOf = ({ first, events }: SegmentLine) => ({ position: first, event: events[0]?.id ?? '' })

const chainFault = ({ state }: Judging, segment: SegmentLine, expected: number): string | undefined => {
  const { head } = state
  if (segment.sequence > expected) return `segment ${segment.sequence} stands where segment ${expected} belongs`
  if (segment.previous !== (head?.hash ?? null)) return `segment ${segment.sequence} follows another one than this`
  return segment.first === (head?.last ?? 0) + 1 ? undefined : `segment ${segment.sequence} does not begin here`
}

const sealFault = ({ state, host }: Judging, segment: SegmentLine): string | undefined => {
  const { seal } = state
  if (seal?.sequence !== segment.seal) return `seal ${segment.seal}, of segment ${segment.sequence}, is missing`
  const { index, path, kind: _kind, ...bare } = segment
  const root = rootFrom(host.sha256, leafText(leafOf(host.sha256, bare)), { index, path, count: seal.count })
  return root === seal.root ? undefined : `segment ${segment.sequence} is not what seal ${seal.sequence} is over`
}
