/** An answer that was damaged on its way: one bit of every payload is another, and the checksums beside them are not. */

const flipped = (bytes: Uint8Array): Buffer => {
  const copy = Buffer.from(bytes)
  copy[0] = (copy[0] ?? 0) ^ 1
  return copy
}

/** A PEM is the one payload that travels as text. */
const retyped = (pem: string): string => pem.replace(/[A-Z](?=[^-]*-----END)/, (letter) => (letter === 'A' ? 'B' : 'A'))

export const damaged = (response: object): object =>
  Object.fromEntries(
    Object.entries(response).map(([name, value]) => {
      if (value instanceof Uint8Array) return [name, flipped(value)]
      if (name === 'pem') return [name, retyped(String(value))]
      return [name, name === 'payload' ? damaged(Object(value)) : value]
    }),
  )
