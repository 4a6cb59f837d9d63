// Judges seals: signed by whom one trusts, one for each number, each after the one before, and the same as in the second place.

import { decodeBase64url } from '../../catalogue/base64url.ts'
import { leafText, type Seal, sealHash, sealText } from '../chain.ts'
import type { Sha256 } from '../commitment.ts'
import type { AnchorRecord, SealLine } from '../export-lines.ts'
import { rootOf } from '../merkle.ts'

/** The point of a P-256 key, as a JWK says it. */
export interface Point {
  readonly x: string
  readonly y: string
}

/** A public key, by its name. */
export interface SealKey extends Point {
  readonly kid: string
  /** Of one that was declared compromised, the moment: what it signed before counts only with the second place, since who has it can write any time. */
  readonly notAfter?: string
}

export interface Host {
  readonly sha256: Sha256
  /** r‖s by ES256 over the ASCII text. */
  readonly checkSignature: (key: Point, signature: Uint8Array, signed: string) => boolean
}

/** A sentence when it is not signed by one of the keys. */
export const signatureFault = (seal: Seal, keys: readonly SealKey[], { checkSignature }: Host): string | undefined => {
  const key = keys.find(({ kid }) => kid === seal.kid)
  if (key === undefined) return `seal ${seal.sequence} is by the key ${seal.kid}, which is not among those that count`
  if (key.notAfter !== undefined && seal.at >= key.notAfter)
    return `seal ${seal.sequence} is by the key ${seal.kid}, which was declared compromised before`
  const signature = decodeBase64url(seal.signature)
  return signature !== undefined && checkSignature(key, signature, sealText(seal))
    ? undefined
    : `seal ${seal.sequence} is not signed by the key ${seal.kid}`
}

/** A sentence when two seals that stand beside each other do not. */
export const orderFault = (before: SealLine, seal: SealLine, { sha256 }: Pick<Host, 'sha256'>): string | undefined => {
  if (seal.sequence <= before.sequence) return `seal ${seal.sequence} comes after seal ${before.sequence}`
  if (seal.at < before.at) return `seal ${seal.sequence} is older than the one before it`
  if (seal.sequence === before.sequence + 1 && seal.previous !== sealHash(sha256, before))
    return `seal ${seal.sequence} does not follow seal ${before.sequence}`
  return undefined
}

export interface Trusted {
  /** The public keys for seals, from where one trusts them. */
  readonly keys: readonly SealKey[]
  /** Seals of the second place: with them an end that was cut off is found, and a log that was written anew. */
  readonly anchors?: readonly AnchorRecord[]
  /** These are not all that there are, so that one is missing among them says nothing. */
  readonly someAnchors?: boolean
}

export interface Anchors {
  readonly bySequence: ReadonlyMap<number, AnchorRecord>
  readonly faults: readonly string[]
}

/** An anchor counts for what it is: its root is over its leaves, and one that is trusted signed it. */
export const readAnchors = ({ anchors: records = [], keys, someAnchors = false }: Trusted, host: Host): Anchors => {
  const bySequence = new Map<number, AnchorRecord>()
  const faults: string[] = []
  for (const record of records) {
    const fault = signatureFault(record, keys, host)
    const root = rootOf(host.sha256, record.leaves.map(leafText))
    if (fault !== undefined) faults.push(`in the second place, ${fault}`)
    else if (root !== record.root || record.count !== record.leaves.length)
      faults.push(`in the second place, the leaves of seal ${record.sequence} are not those that it is over`)
    else if (bySequence.has(record.sequence)) faults.push(`the second place holds seal ${record.sequence} twice`)
    else bySequence.set(record.sequence, record)
  }
  const sequences = [...bySequence.keys()].sort((left, right) => left - right)
  for (const sequence of sequences) {
    const [before, seal] = [bySequence.get(sequence - 1), bySequence.get(sequence)]
    if (before === undefined && sequence !== sequences[0] && !someAnchors)
      faults.push(`in the second place, seal ${sequence - 1} is missing`)
    if (before !== undefined && seal?.previous !== sealHash(host.sha256, before))
      faults.push(`in the second place, seal ${sequence} does not follow seal ${sequence - 1}`)
  }
  return { bySequence, faults }
}

/** What the second place says of a tenant's segments, by their number: under which seal, and with which hash. Of one number there is one. */
export const leavesOf = (
  { bySequence }: Anchors,
  tenant: string,
): ReadonlyMap<number, readonly { readonly seal: number; readonly hash: string }[]> => {
  const found = new Map<number, { readonly seal: number; readonly hash: string }[]>()
  for (const [seal, { leaves }] of bySequence)
    for (const leaf of leaves)
      if (leaf.tenant === tenant)
        found.set(leaf.sequence, [...(found.get(leaf.sequence) ?? []), { seal, hash: leaf.hash }])
  return found
}
