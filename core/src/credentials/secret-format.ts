// The text of a secret: `lk_<kind>_` + 22 id + 43 secret + 6 checksum, base62, so that garbage is refused before any read (DESIGN.md §8).
import { bytesToBase62, digits } from '../kernel/base62.ts'
import { type CredentialId, isCredentialId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { crc32 } from './crc32.ts'

export const secretKinds = ['api', 'pat', 'svc', 'cs', 'ref', 'inv', 'cod', 'dev', 'par', 'scim'] as const
export type SecretKind = (typeof secretKinds)[number]

const idLength = 22
const secretLength = 43 // 256 bits
const checksumLength = 6 // 32 bits
/** Texts of one width compare as their numbers do, because the digits are in the order of their characters. */
const largest = digits((1n << 256n) - 1n, secretLength) ?? ''
const shape = new RegExp(
  `^lk_(${secretKinds.join('|')})_([0-9A-Za-z]{${idLength}})([0-9A-Za-z]{${secretLength}})([0-9A-Za-z]{${checksumLength}})$`,
)

export interface ParsedSecret {
  readonly kind: SecretKind
  readonly id: CredentialId
  /** The whole text: what is hashed and compared. */
  readonly text: string
}

const checksumOf = (body: string): string => {
  const text = digits(BigInt(crc32(body)), checksumLength)
  invariant(text !== undefined, 'a 32-bit checksum fits in six base62 digits')
  return text
}

/** Writes a secret from 32 random bytes. The id names this one secret and is public; the rest is shown once. */
export const formatSecret = (kind: SecretKind, id: CredentialId, random: Uint8Array): string => {
  invariant(random.length === 32, 'a secret carries 256 bits')
  const secret = bytesToBase62(random, secretLength)
  invariant(secret !== undefined, '256 bits fit in 43 base62 digits')
  const body = `lk_${kind}_${id}${secret}`
  return body + checksumOf(body)
}

/** The kind and id of a well-formed secret; undefined for anything else, with no I/O. */
export const parseSecret = (text: string): ParsedSecret | undefined => {
  const [, kind, id, secret, checksum] = shape.exec(text) ?? []
  if (id === undefined || secret === undefined || checksum === undefined || !isCredentialId(id)) return undefined
  if (checksumOf(text.slice(0, -checksumLength)) !== checksum) return undefined
  if (secret > largest) return undefined // not canonical: more than 256 bits
  const known = secretKinds.find((candidate) => candidate === kind)
  return known === undefined ? undefined : { kind: known, id, text }
}

/** What lists show of a secret: enough to recognise it, nothing to guess it from (CATALOGUE C-001). */
export const maskSecret = (text: string): string => `${text.slice(0, text.indexOf('_', 3) + 5)}…${text.slice(-4)}`
