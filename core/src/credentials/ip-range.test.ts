// The parser and the matcher of address ranges, beside Node's own `BlockList` as a peer.
import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areWithin, canonicalRange, isAddress, isFrom } from './ip-range.ts'

const v4 = fc.tuple(...Array.from({ length: 4 }, () => fc.nat(255))).map((parts) => parts.join('.'))
const group = fc.nat(0xffff)
/** Few different groups, so that ranges and addresses meet. */
const closeV6 = fc
  .array(fc.constantFrom(0, 0, 1, 0xdb8, 0x2001), { minLength: 8, maxLength: 8 })
  .map((parts) => ['2001', ...parts.slice(1).map((part) => part.toString(16))].join(':'))
const anyV6 = fc
  .array(group, { minLength: 8, maxLength: 8 })
  .map((parts) => parts.map((one) => one.toString(16)).join(':'))
const closeV4 = fc.tuple(fc.constantFrom(10, 192), fc.nat(3), fc.nat(3), fc.nat(255)).map((parts) => parts.join('.'))

const rangeOf = (address: string, prefix: number): string => {
  // The peer masks by itself; ours wants the bits behind the prefix to be zero.
  const bits = isIP(address) === 4 ? 32 : 128
  const list =
    isIP(address) === 4 ? address.split('.').map(Number) : address.split(':').map((one) => Number.parseInt(one, 16))
  const size = bits / list.length
  const kept = list.map((part, index) => {
    const left = Math.max(0, Math.min(size, prefix - index * size))
    return part & ~(2 ** (size - left) - 1)
  })
  return `${isIP(address) === 4 ? kept.join('.') : kept.map((one) => one.toString(16)).join(':')}/${prefix}`
}

describe('an address range', () => {
  it('C-013 holds exactly the addresses that the peer says it holds', () => {
    const kinds = [
      [closeV4, 32, 'ipv4'],
      [closeV6, 128, 'ipv6'],
    ] as const
    for (const [address, bits, family] of kinds)
      fc.assert(
        fc.property(address, fc.integer({ min: 0, max: bits }), address, (base, prefix, asked) => {
          const peer = new BlockList()
          peer.addSubnet(base, prefix, family)
          expect(isFrom([rangeOf(base, prefix)], asked)).toBe(peer.check(asked, family))
        }),
        { numRuns: 3_000 },
      )
  })

  it('takes as an address exactly what Node takes, but for zones', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          v4,
          anyV6,
          fc.string({ unit: fc.constantFrom(...'0123456789abcfF:.%/ '), maxLength: 30 }),
          fc
            .array(fc.constantFrom('0', 'ffff', '', '::', '1.2.3.4', 'a', '00ab'), { maxLength: 9 })
            .map((parts) => parts.join(':')),
        ),
        (text) => {
          expect(isAddress(text), text).toBe(isIP(text) !== 0 && !text.includes('%'))
        },
      ),
      { numRuns: 20_000 },
    )
  })

  it('has one spelling, which reads as itself and as what the URL parser writes', () => {
    fc.assert(
      fc.property(fc.oneof(v4, anyV6, closeV6), (text) => {
        const one = canonicalRange(text)
        expect(one).toBeDefined()
        expect(canonicalRange(one ?? '')).toBe(one)
        if (isIP(text) === 6 && one?.includes(':') === true)
          expect(`[${one}]`).toBe(new URL(`http://[${text}]`).hostname)
      }),
      { numRuns: 3_000 },
    )
  })

  it.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3/32', '10.1.2.3'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::FFFF:0a01:0203', '10.1.2.3'],
    ['2001:0DB8:0:0::/32', '2001:db8::/32'],
    ['::/0', '::/0'],
    ['::1', '::1'],
  ])('C-013 writes %s as %s', (text, canonical) => {
    expect(canonicalRange(text)).toBe(canonical)
  })

  it.each([
    '',
    'localhost',
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '010.0.0.1',
    '10.0.0',
    '1.2.3.4.5',
    '10.0.0.256',
    '0x0a.0.0.1',
    '167772161',
    ' 10.0.0.1',
    '10.0.0.1 ',
    '::ffff:0:0/95',
    'fe80::1%eth0',
    'fe80::1%25eth0',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '2001:db8::1/32',
    '::/129',
    '::/',
    '/8',
    '10.0.0.0/',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '٣.0.0.1',
  ])('C-013 refuses %j', (text) => {
    expect(canonicalRange(text)).toBeUndefined()
  }) // prettier-ignore

  it('C-013 holds nobody whose address is not known, nor anybody when it cannot be read itself', () => {
    expect(isFrom(['0.0.0.0/0', '::/0'], undefined)).toBe(false)
    expect(isFrom(['0.0.0.0/0', '::/0'], 'unknown')).toBe(false)
    expect(isFrom(['everywhere', '10.0.0.1/8'], '10.0.0.1')).toBe(false)
    expect(isFrom([], '10.0.0.1')).toBe(false)
    expect(isFrom(['everywhere', '10.0.0.0/8'], '10.0.0.1')).toBe(true) // the control
  })

  it('C-013 knows an IPv4 address also inside IPv6, and keeps the two families apart', () => {
    expect(isFrom(['10.0.0.0/8'], '::ffff:10.1.2.3')).toBe(true)
    expect(isFrom(['::ffff:10.0.0.0/104'], '10.1.2.3')).toBe(true)
    expect(isFrom(['::/0'], '10.1.2.3')).toBe(false)
    expect(isFrom(['0.0.0.0/0'], '2001:db8::1')).toBe(false)
  })

  it('is within another exactly when all its addresses are', () => {
    fc.assert(
      fc.property(
        closeV4,
        fc.integer({ min: 0, max: 32 }),
        closeV4,
        fc.integer({ min: 0, max: 32 }),
        (a, left, b, right) => {
          const [inner, outer] = [rangeOf(a, left), rangeOf(b, right)]
          const expected = left >= right && isFrom([outer], inner.split('/')[0])
          expect(areWithin([inner], [outer])).toBe(expected)
        },
      ),
      { numRuns: 3_000 },
    )
    expect(areWithin(undefined, ['0.0.0.0/0'])).toBe(false)
    expect(areWithin(['10.0.0.0/8'], undefined)).toBe(true)
    expect(areWithin(['10.0.0.0/8', '11.0.0.0/8'], ['10.0.0.0/8'])).toBe(false)
  })
})
