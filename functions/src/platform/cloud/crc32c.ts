// CRC32C (Castagnoli), which Cloud KMS and Secret Manager exchange with every payload; zlib's is another polynomial.

const reversedPolynomial = 0x82f63b78
const byteOf = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? reversedPolynomial ^ (remainder >>> 1) : remainder >>> 1
  return remainder
})

export const crc32c = (bytes: Uint8Array): number => {
  let remainder = -1
  for (const byte of bytes) remainder = (byteOf[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8)
  return (remainder ^ -1) >>> 0
}

/** An int64 of an answer, which the client hands over as a number, a text or a Long; an absent one matches nothing. */
export const checksumMatches = (sent: { readonly value?: unknown } | null | undefined, bytes: Uint8Array): boolean =>
  sent?.value !== undefined && sent.value !== null && String(sent.value) === String(crc32c(bytes))

/** What a client hands over as bytes; over gRPC never as text. The very same bytes, not a copy: who overwrites them overwrites all that is left. */
export const bytesOf = (value: Uint8Array | string | null | undefined): Buffer => {
  if (typeof value === 'string') return Buffer.from(value, 'base64')
  return value ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : Buffer.alloc(0)
}
