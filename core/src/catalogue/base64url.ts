// Base64url (RFC 4648 §5, without padding) in plain arithmetic, because core knows neither Buffer nor atob.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const none = 255
/** By character code; whatever lies outside has no digit. */
const digitOf = new Uint8Array(128).fill(none)
for (let digit = 0; digit < alphabet.length; digit++) digitOf[alphabet.charCodeAt(digit)] = digit

export const encodeBase64url = (bytes: Uint8Array): string => {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 6) {
      bits -= 6
      text += alphabet.charAt((buffer >>> bits) & 63)
    }
  }
  return bits === 0 ? text : text + alphabet.charAt((buffer << (6 - bits)) & 63)
}

/** The bytes, or undefined unless the text is the only way to write them: no padding, no stray bits, no other alphabet. */
export const decodeBase64url = (text: string): Uint8Array | undefined => {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array((text.length * 6) >>> 3)
  let buffer = 0
  let bits = 0
  let at = 0
  // By index: every token of every call passes here.
  for (let index = 0; index < text.length; index++) {
    const digit = digitOf[text.charCodeAt(index)] ?? none
    if (digit === none) return undefined
    buffer = ((buffer << 6) | digit) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = (buffer >>> bits) & 0xff
  }
  return (buffer & ((1 << bits) - 1)) === 0 ? bytes : undefined
}
