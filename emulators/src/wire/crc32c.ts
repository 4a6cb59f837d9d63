/** CRC32C (Castagnoli), the checksum that both services exchange; Node's own `zlib.crc32` is another polynomial. */
const REVERSED_POLYNOMIAL = 0x82f63b78

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? REVERSED_POLYNOMIAL ^ (remainder >>> 1) : remainder >>> 1
  }
  return remainder
})

/** The checksum as protobuf's JSON writes an int64: a decimal string. */
export function crc32c(bytes: Uint8Array): string {
  let remainder = -1
  for (const byte of bytes) {
    remainder = (TABLE[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8)
  }
  return String((remainder ^ -1) >>> 0)
}
