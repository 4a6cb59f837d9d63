// Judges seals: signed by whom one trusts, one for each number, and each after the one before.

import { decodeBase64url } from '../../catalogue/base64url.ts'
import { isUpTo, type Seal, type SealNumber, sealHash, sealText } from '../chain.ts'
import type { Sha256 } from '../commitment.ts'
import type { SealLine } from '../export-lines.ts'

/** The point of a P-256 key, as a JWK says it. */
export interface Point {
  readonly x: string
  readonly y: string
}

/** A public key, by its name. */
export interface SealKey extends Point {
  readonly kid: string
  /** Of one that was declared compromised, the last seal until which it counts, and only with the second place: whoever has it can write any number. */
  readonly lastSeal?: SealNumber
  /** Why it counts for nothing at all. */
  readonly fault?: string
}

export interface Host {
  readonly sha256: Sha256
  /** r‖s by ES256 over the ASCII text. */
  readonly checkSignature: (key: Point, signature: Uint8Array, signed: string) => boolean
}

/** A sentence when it is not signed by one of the keys. */
export const signatureFault = (seal: Seal, keys: readonly SealKey[], { checkSignature }: Host): string | undefined => {
  const by = `seal ${seal.sequence} is by the key ${seal.kid}`
  // A key may be said more than once, as by a key set of before an emergency and one of after it: all that is said counts.
  const said = keys.filter(({ kid }) => kid === seal.kid)
  const [key] = said
  if (key === undefined) return `${by}, which is not among those that count`
  const fault = said.find((one) => one.fault !== undefined)?.fault
  if (fault !== undefined) return `${by}, ${fault}`
  if (said.some(({ lastSeal }) => lastSeal !== undefined && !isUpTo(seal, lastSeal)))
    return `${by}, which was declared compromised before`
  if (said.some(({ x, y }) => x !== key.x || y !== key.y)) return `${by}, of which name there are two`
  const signature = decodeBase64url(seal.signature)
  return signature !== undefined && checkSignature(key, signature, sealText(seal))
    ? undefined
    : `seal ${seal.sequence} is not signed by the key ${seal.kid}`
}

/** A sentence when two seals that stand beside each other do not. */
export const orderFault = (before: SealLine, seal: SealLine, { sha256 }: Pick<Host, 'sha256'>): string | undefined => {
  if (seal.sequence <= before.sequence) return `seal ${seal.sequence} comes after seal ${before.sequence}`
  if (seal.epoch < before.epoch) return `seal ${seal.sequence} is of an earlier epoch than the one before it`
  if (seal.at < before.at) return `seal ${seal.sequence} is older than the one before it`
  if (seal.sequence === before.sequence + 1 && seal.previous !== sealHash(sha256, before))
    return `seal ${seal.sequence} does not follow seal ${before.sequence}`
  return undefined
}
