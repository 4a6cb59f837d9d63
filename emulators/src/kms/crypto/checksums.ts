/** Checks the CRC32C that a caller sends with a field, and makes the one that goes back. */
import { crc32c } from '../../wire/crc32c.ts'
import { invalidArgument } from '../../wire/status.ts'

/** A wrapped int64 as decoded from the wire: null when the caller sent none. */
export type Checksum = { readonly value: string } | null

/** @returns whether a checksum was sent and verified; INVALID_ARGUMENT when it does not match. */
export function verifyChecksum(checksum: Checksum, bytes: Uint8Array, field: string): boolean {
  if (checksum === null) return false
  if (checksum.value === crc32c(bytes)) return true
  throw invalidArgument(`The checksum in field ${field}_crc32c did not match the data in field ${field}.`)
}

export const checksumOf = (bytes: Uint8Array): { value: string } => ({ value: crc32c(bytes) })
