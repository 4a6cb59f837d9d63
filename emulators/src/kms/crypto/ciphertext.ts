/** The sealed form of a ciphertext: AES-256-GCM behind a header that names the key and the version that made it. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Format byte, cipher id of the key, number of the version. */
const FORMAT = 1
const HEADER_BYTES = 1 + 8 + 4
const IV_BYTES = 12
const TAG_BYTES = 16

export type CiphertextHeader = { readonly cipherId: string; readonly number: number }

function encodeHeader({ cipherId, number }: CiphertextHeader): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(FORMAT, 0)
  header.write(cipherId, 1, 'hex')
  header.writeUInt32BE(number, 9)
  return header
}

/** @returns null for bytes that no key of this emulator can have produced. */
export function readHeader(ciphertext: Buffer): CiphertextHeader | null {
  if (ciphertext.length < HEADER_BYTES + IV_BYTES + TAG_BYTES || ciphertext.readUInt8(0) !== FORMAT) return null
  return { cipherId: ciphertext.toString('hex', 1, 9), number: ciphertext.readUInt32BE(9) }
}

/** @param key 32 bytes in base64. @param aad what the caller authenticates besides; the header always is. */
export function seal(key: string, header: CiphertextHeader, plaintext: Buffer, aad: Buffer): Buffer {
  const headerBytes = encodeHeader(header)
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), iv).setAAD(Buffer.concat([headerBytes, aad]))
  return Buffer.concat([headerBytes, iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** @returns null when the key, the additional data or the bytes are not those that were sealed. */
export function open(key: string, ciphertext: Buffer, aad: Buffer): Buffer | null {
  const sealedAt = HEADER_BYTES + IV_BYTES
  const decipher = createDecipheriv(
    'aes-256-gcm',
    Buffer.from(key, 'base64'),
    ciphertext.subarray(HEADER_BYTES, sealedAt),
    { authTagLength: TAG_BYTES },
  )
  decipher.setAAD(Buffer.concat([ciphertext.subarray(0, HEADER_BYTES), aad]))
  decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(ciphertext.subarray(sealedAt, -TAG_BYTES)), decipher.final()])
  } catch {
    return null
  }
}
