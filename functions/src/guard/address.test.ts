// The client's address is what our own proxies wrote; what a client writes moves nothing (CATALOGUE C-110).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientAddress } from './address.ts'

const peer = '10.0.0.7'
const behind = (hops: number, forwardedFor: string | undefined): string | undefined =>
  clientAddress({ forwardedFor, peer }, hops)

describe('behind a number of trusted hops', () => {
  test.each<[number, string | undefined, string | undefined]>([
    [0, undefined, peer],
    [0, '198.51.100.1', peer],
    [1, '203.0.113.9', '203.0.113.9'],
    [1, '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    [2, '203.0.113.9, 35.191.0.1', '203.0.113.9'],
    [2, '198.51.100.1, 203.0.113.9, 35.191.0.1', '203.0.113.9'],
    [2, ' 203.0.113.9 ,35.191.0.1 ', '203.0.113.9'],
  ])('%i: %j is %s', (hops, forwardedFor, address) => {
    expect(behind(hops, forwardedFor)).toBe(address)
  })

  test.each<[number, string | undefined]>([
    [1, undefined],
    [1, ''],
    [1, ' , ,'],
    [2, '203.0.113.9'],
    [3, '203.0.113.9, 35.191.0.1'],
  ])('%i: a request that did not come by them (%j) has no address, not the one of its peer', (hops, forwardedFor) => {
    expect(behind(hops, forwardedFor)).toBeUndefined()
  })
})

test('C-110 whatever a client writes in front, the address stays what our proxies saw', () => {
  const forged = fc.oneof(fc.string(), fc.ipV4(), fc.constant('127.0.0.1'), fc.constant(',,,'), fc.ipV6())
  fc.assert(
    fc.property(fc.array(forged, { maxLength: 5 }), (list) => {
      expect(behind(1, [...list, '203.0.113.9'].join(','))).toBe('203.0.113.9')
      expect(behind(2, [...list, '203.0.113.9', '35.191.0.1'].join(', '))).toBe('203.0.113.9')
    }),
  )
})

test('C-110 an IPv4 address inside IPv6 is that address, and case does not matter', () => {
  expect(clientAddress({ forwardedFor: undefined, peer: '::ffff:203.0.113.9' }, 0)).toBe('203.0.113.9')
  expect(behind(1, '::FFFF:203.0.113.9')).toBe('203.0.113.9')
  expect(behind(1, '2001:DB8::1')).toBe('2001:db8::1')
  expect(behind(1, '::ffff:cb00:7109')).toBe('203.0.113.9')
  expect(behind(1, '2001:0db8:0000:0000:0000:0000:0000:0001')).toBe('2001:db8::1')
})

test.each(['::ffff:203.0.113.9.evil', '203.0.113.9:443', 'evil', '203.0.113', 'fe80::1%eth0', '[::1]', '0x7f.1'])(
  'C-110 what is no address is none: %s',
  (text) => {
    expect(behind(1, text)).toBeUndefined()
  },
)

test('without a peer there is no address', () => {
  expect(clientAddress({ forwardedFor: '203.0.113.9', peer: undefined }, 0)).toBeUndefined()
})
