// Reports that are signed over their raw body: ECDSA over P-256 with SHA-256 in DER, by keys that were set here beforehand (GitHub's secret scanning).
import { createPublicKey, type KeyObject, verify } from 'node:crypto'

export interface ScannerKey {
  readonly id: string
  readonly key: KeyObject
}

export interface BodySignature {
  readonly keyId: string | undefined
  /** Base64 of DER. */
  readonly signature: string | undefined
}

/** `LK_SCANNER_KEYS`: lines of `<id> <base64 of the public key in SPKI>`. Throws one clear sentence when one of them is none. */
export const readScannerKeys = (setting: string | undefined): readonly ScannerKey[] =>
  (setting ?? '').split(/[\n,]/).flatMap((line) => (line.trim() === '' ? [] : [readKey(line.trim())]))

const readKey = (line: string): ScannerKey => {
  const [id = '', spki = '', ...rest] = line.split(/\s+/)
  const key = rest.length === 0 && /^[\w-]{8,128}$/.test(id) ? publicKeyIn(spki) : undefined
  if (key === undefined)
    throw new Error('Refusing to start: LK_SCANNER_KEYS has a line that is no id and P-256 public key.')
  return { id, key }
}

const publicKeyIn = (spki: string): KeyObject | undefined => {
  try {
    const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined
  } catch {
    return undefined
  }
}

export type CheckSignedBody = (body: Uint8Array, signature: BodySignature) => boolean

const shape = /^[A-Za-z0-9+/]{80,100}={0,2}$/

export const signedBodyCheck =
  (keys: readonly ScannerKey[]): CheckSignedBody =>
  (body, { keyId, signature }) => {
    const known = keys.find(({ id }) => id === keyId)
    if (known === undefined || signature === undefined || !shape.test(signature)) return false
    return verify('sha256', body, known.key, Buffer.from(signature, 'base64'))
  }
