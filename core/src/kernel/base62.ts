// Base62 text of fixed width: bytes and numbers written so that a double click selects the whole word.

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Big-endian bytes as base62, left-padded with zeros to `width`; undefined when they do not fit. */
export const bytesToBase62 = (bytes: Uint8Array, width: number): string | undefined => {
  let rest = 0n
  for (const byte of bytes) rest = (rest << 8n) | BigInt(byte)
  return digits(rest, width)
}

/** A non-negative integer as base62 of exactly `width` characters; undefined when it does not fit. */
export const digits = (value: bigint, width: number): string | undefined => {
  let rest = value
  let text = ''
  while (text.length < width) {
    text = (alphabet[Number(rest % 62n)] ?? '') + text
    rest /= 62n
  }
  return rest === 0n ? text : undefined
}

/** The number that base62 text stands for; undefined for any other character. */
export const fromBase62 = (text: string): bigint | undefined => {
  let value = 0n
  for (const character of text) {
    const digit = alphabet.indexOf(character)
    if (digit < 0) return undefined
    value = value * 62n + BigInt(digit)
  }
  return value
}
