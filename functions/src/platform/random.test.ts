// What the system's generator draws is wide, new each time, and well-formed (CATALOGUE C-003, T-14).
import { crc32 as zlibCrc32 } from 'node:zlib'
import { crc32 } from '@latchkey/core/credentials/crc32'
import { formatSecret, parseSecret } from '@latchkey/core/credentials/secret-format'
import { isCredentialId, isKeyId, isTenantId, prefixes } from '@latchkey/core/kernel/ids'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idDrawer, pagedRandom, systemRandom } from './random.ts'

const drawId = idDrawer(systemRandom)

test.each(Object.values(prefixes))('an id with the prefix %s is that and 22 characters', (prefix) => {
  expect(drawId(prefix)).toMatch(new RegExp(`^${prefix}_[0-9A-Za-z]{22}$`))
})

test('what is drawn passes the guards of core', () => {
  expect(isTenantId(drawId('agy'))).toBe(true)
  expect(isKeyId(drawId('key'))).toBe(true)
  expect(isCredentialId(drawId())).toBe(true)
})

test('T-14 an id carries every one of its 128 bits', () => {
  const all = (byte: number) => idDrawer((count) => new Uint8Array(count).fill(byte))('op')
  expect(all(0)).toBe(`op_${'0'.repeat(22)}`)
  const ids = new Set<string>()
  for (let bit = 0; bit < 128; bit++) {
    const bytes = new Uint8Array(16)
    bytes[bit >> 3] = 1 << (bit & 7)
    ids.add(idDrawer((count) => (count === 16 ? bytes : new Uint8Array(count)))())
  }
  expect(ids.size).toBe(128)
})

test('C-003 20,000 keys of the system: no id twice, no secret twice, every checksum valid', () => {
  const [ids, secrets] = [new Set<string>(), new Set<string>()]
  for (let count = 0; count < 20_000; count++) {
    const id = drawId()
    const text = isCredentialId(id) ? formatSecret('api', id, systemRandom(32)) : ''
    if (parseSecret(text)?.id !== id) expect.fail('a key is not read back')
    ids.add(id)
    secrets.add(text.slice(-49, -6))
  }
  expect([ids.size, secrets.size]).toEqual([20_000, 20_000])
}, 30_000)

test('the generator gives as many bytes as asked for, and others each time', () => {
  expect(systemRandom(0)).toHaveLength(0)
  expect(systemRandom(32)).toHaveLength(32)
  expect(systemRandom(32)).not.toEqual(systemRandom(32))
})

test('any ASCII text has the checksum that zlib gives it', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary-ascii', maxLength: 200 }), (text) => crc32(text) === zlibCrc32(text)))
})

test('C-003 ids are drawn from pages of the generator: no byte twice, and nothing kept of what was handed out', () => {
  let next = 0
  const pages: Uint8Array[] = []
  const paged = pagedRandom((count) => {
    const page = Uint8Array.from({ length: count }, () => ++next & 255)
    pages.push(page)
    return page
  })
  const drawn = Array.from({ length: 200 }, () => [...paged(16)]).flat()
  expect(drawn).toEqual(Array.from({ length: 3_200 }, (_, index) => (index + 1) & 255))
  expect(pages).toHaveLength(2)
  expect(pages[0]?.every((byte) => byte === 0)).toBe(true)
  expect(paged(5_000)).toHaveLength(5_000)
})
