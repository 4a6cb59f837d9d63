// Reads the one way to write a signed token: JWS compact serialization (RFC 7515 §7.1), canonical base64url, strict JSON, small.
import { decodeBase64url } from '../catalogue/base64url.ts'
import { parseStrictJson } from '../kernel/strict-json.ts'

/** Characters; longer ones are refused before anything is decoded (CATALOGUE C-064, C-069). */
export const maxTokenLength = 4096

/** Never any other member: `crit`, `jwk`, `jku`, `x5c`, `b64`, `zip` … make it malformed (RFC 8725 §3.1, §3.10; RFC 7515 §4.1.11). */
export interface CompactHeader {
  readonly alg: string
  readonly kid: string
  readonly typ: string | undefined
}

export interface TokenHeader extends CompactHeader {
  readonly typ: string
}

/** A token that was read and not believed yet. */
export interface ReadToken {
  readonly header: TokenHeader
  readonly claims: Readonly<Record<string, unknown>>
  /** The bytes that were signed, in ASCII. */
  readonly signed: string
  readonly signature: Uint8Array
}

/** The three parts, decoded; nothing of it is judged yet. */
export interface Compact {
  readonly header: CompactHeader
  readonly payload: Uint8Array
  readonly signed: string
  readonly signature: Uint8Array
}

/** No I/O, and no regular expression over text of a stranger's length. */
export const readCompact = (text: string): Compact | undefined => {
  if (text.length > maxTokenLength) return undefined
  const parts = text.split('.')
  const [head, body, tail] = parts
  if (parts.length !== 3 || head === undefined || body === undefined || tail === undefined) return undefined
  const [headBytes, payload, signature] = [decodeBase64url(head), decodeBase64url(body), decodeBase64url(tail)]
  const header = headBytes === undefined ? undefined : headerIn(objectIn(headBytes))
  if (header === undefined || payload === undefined || signature === undefined) return undefined
  return { header, payload, signed: `${head}.${body}`, signature }
}

/** Undefined for whatever is not exactly such a token. */
export const readToken = (text: string): ReadToken | undefined => {
  const compact = readCompact(text)
  if (compact === undefined) return undefined
  const { header, payload, signed, signature } = compact
  const claims = objectIn(payload)
  if (header.typ === undefined || claims === undefined) return undefined
  return { header: { ...header, typ: header.typ }, claims, signed, signature }
}

const known = new Set(['alg', 'kid', 'typ'])

const headerIn = (fields: Readonly<Record<string, unknown>> | undefined): CompactHeader | undefined => {
  if (fields === undefined || Object.keys(fields).some((name) => !known.has(name))) return undefined
  const { alg, typ, kid } = fields
  if (typeof alg !== 'string' || typeof kid !== 'string') return undefined
  return typ === undefined || typeof typ === 'string' ? { alg, kid, typ } : undefined
}

const objectIn = (bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined => {
  const text = textOf(bytes)
  if (text === undefined) return undefined
  const read = parseStrictJson(text)
  if (!read.ok || typeof read.value !== 'object' || read.value === null || Array.isArray(read.value)) return undefined
  return read.value as Readonly<Record<string, unknown>> // an object, as just seen
}

/** Strict UTF-8 by the language's own decoder (ECMA-262 §19.2.6.5), because core has no TextDecoder; undefined for anything else. */
const textOf = (bytes: Uint8Array): string | undefined => {
  let text = ''
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0
    if (byte >= 0x80) return decodedText(bytes)
    text += String.fromCharCode(byte)
  }
  return text
}

const decodedText = (bytes: Uint8Array): string | undefined => {
  try {
    return decodeURIComponent([...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''))
  } catch {
    return undefined
  }
}
