// A secret says what it is, carries 256 bits, and garbage is refused without asking anybody (CATALOGUE C-001, C-003, C-004).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesToBase62, digits } from '../kernel/base62.ts'
import { type CredentialId, isCredentialId } from '../kernel/ids.ts'
import { crc32 } from './crc32.ts'
import { formatSecret, maskSecret, parseSecret, secretKinds } from './secret-format.ts'

const idFrom = (bytes: Uint8Array): CredentialId => {
  const text = bytesToBase62(bytes, 22) ?? ''
  if (!isCredentialId(text)) expect.fail(`${text} is no credential id`)
  return text
}
const id = idFrom(new Uint8Array(16).fill(7))
const random = Uint8Array.from({ length: 32 }, (_, index) => index)
const secret = formatSecret('api', id, random)
/** A body of our own making with the checksum that belongs to it. */
const signed = (body: string): string => body + (digits(BigInt(crc32(body)), 6) ?? '')
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

test.each(secretKinds)('a secret of kind %s has its fixed width and is read back', (kind) => {
  const text = formatSecret(kind, id, random)
  expect(text).toMatch(new RegExp(`^lk_${kind}_[0-9A-Za-z]{71}$`))
  expect(parseSecret(text)).toEqual({ kind, id, text })
})

test('whatever bytes are drawn, the secret is read back with its kind and id', () => {
  fc.assert(
    fc.property(fc.constantFrom(...secretKinds), bytes(16), bytes(32), (kind, idBytes, drawn) => {
      const text = formatSecret(kind, idFrom(idBytes), drawn)
      expect(parseSecret(text)).toEqual({ kind, id: idFrom(idBytes), text })
    }),
  )
})

test('all zeros and all ones have the same width as everything else', () => {
  expect(formatSecret('api', id, new Uint8Array(32))).toHaveLength(secret.length)
  expect(parseSecret(formatSecret('api', id, new Uint8Array(32).fill(255)))?.kind).toBe('api')
})

// The generator of the system is tried in functions/src/platform/random.test.ts.
test('C-003 100,000 keys: no duplicate, every checksum valid, every prefix ours', () => {
  const seen = new Set<string>()
  const drawn = new Uint8Array(32)
  for (let count = 0; count < 100_000; count++) {
    new DataView(drawn.buffer).setUint32(count % 8, Math.imul(count, 0x9e3779b1))
    const text = formatSecret('api', id, drawn)
    if (parseSecret(text)?.text !== text) expect.fail(`${text} is not read back`)
    seen.add(text.slice('lk_api_'.length + 22))
  }
  expect(seen.size).toBe(100_000)
}, 60_000)

test('a secret of fewer than 256 bits cannot be made', () => {
  expect(() => formatSecret('api', id, new Uint8Array(31))).toThrow('256 bits')
  expect(() => formatSecret('api', id, new Uint8Array(33))).toThrow('256 bits')
})

describe('C-004 refused without a read', () => {
  const body = secret.slice(0, -6)
  const tooBig = signed(`lk_api_${id}${'z'.repeat(43)}`)
  const firstTooBig = signed(`lk_api_${id}${digits(2n ** 256n, 43) ?? ''}`)

  test('the body used here is a good one with its own checksum', () => {
    expect(signed(body)).toBe(secret)
    expect(parseSecret(signed(`lk_api_${id}${digits(2n ** 256n - 1n, 43) ?? ''}`))?.id).toBe(id)
  })

  test.each([
    ['another checksum', body + (secret.endsWith('0') ? `${secret.slice(-6, -1)}1` : `${secret.slice(-6, -1)}0`)],
    ['no checksum', body],
    ["another product's prefix", signed(body.replace('lk_', 'sk_'))],
    ['another environment in the prefix', signed(body.replace('lk_api_', 'lk_live_api_'))],
    ['an unknown kind', signed(body.replace('_api_', '_adm_'))],
    ['another kind under the old checksum', secret.replace('lk_api_', 'lk_pat_')],
    ['a kind in capitals', signed(body.replace('_api_', '_API_'))],
    ['a name of the prototype as kind', signed(body.replace('_api_', '_constructor_'))],
    ['more than 256 bits', tooBig],
    ['one more than 256 bits', firstTooBig],
    ['one character too many', signed(`${body}0`)],
    ['one character too few', signed(body.slice(0, -1))],
    ['a character outside base62', signed(`${body.slice(0, -1)}-`)],
    ['a look-alike of another alphabet', `${secret.slice(0, -1)}А`],
    ['white space around it', ` ${secret}`],
    ['a line break behind it', `${secret}\n`],
    ['two of them', secret + secret],
    ['nothing', ''],
    ['the prefix alone', 'lk_api_'],
    ['a JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
  ])('%s', (_, text) => {
    expect(parseSecret(text)).toBeUndefined()
  })

  test('any one character changed', () => {
    const letter = fc.stringMatching(/^[0-9A-Za-z_]$/)
    fc.assert(
      fc.property(fc.nat({ max: secret.length - 1 }), letter, (at, other) => {
        const changed = secret.slice(0, at) + other + secret.slice(at + 1)
        expect(parseSecret(changed) !== undefined).toBe(changed === secret)
      }),
      { numRuns: 1_000 },
    )
  })

  test('any text that is not ours, and a long one at once', () => {
    fc.assert(fc.property(fc.string(), (text) => parseSecret(text) === undefined))
    expect(parseSecret(`lk_api_${'0'.repeat(1_000_000)}`)).toBeUndefined()
  })
})

describe('C-001 what lists show of a secret', () => {
  test('is its prefix, the start of its public id, and the end of its checksum', () => {
    expect(maskSecret(secret)).toBe(`lk_api_${id.slice(0, 4)}…${secret.slice(-4)}`)
    expect(maskSecret(formatSecret('scim', id, random)).startsWith(`lk_scim_${id.slice(0, 4)}…`)).toBe(true)
  })

  test('holds nothing of the secret part, whatever it is', () => {
    const zeros = maskSecret(formatSecret('api', id, new Uint8Array(32)))
    fc.assert(
      fc.property(bytes(32), (drawn) => {
        const text = maskSecret(formatSecret('api', id, drawn))
        expect(text.slice(0, -4)).toBe(zeros.slice(0, -4))
        expect(text).toHaveLength(zeros.length)
      }),
    )
  })
})
