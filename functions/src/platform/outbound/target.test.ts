// Where customers' URLs may lead (CATALOGUE C-145): a table of what was tried on others.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPublicAddress } from './public-address.ts'
import { targetOf } from './target.ts'

describe('C-145 an address', () => {
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '2606:4700:4700::1111',
    '2a00:1450::1',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  test.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
    ...['172.31.255.255', '192.168.1.1', '192.0.0.192', '198.18.0.1', '224.0.0.1', '255.255.255.255', '203.0.113.9'],
    ...['::', '::1', 'fe80::1', 'fc00::1', 'fd20:ce::254', 'ff02::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8'],
    ...['::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::1', '2002:7f00:1::', '2001::1', '2001:db8::1', '100::1'],
    ...['localhost', '', '8.8.8', '0x7f000001', 'fe80::1%eth0'],
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  test('in any private range is not, whichever', () => {
    const byte = fc.integer({ min: 0, max: 255 })
    fc.assert(
      fc.property(byte, byte, byte, (b, c, d) => {
        for (const address of [`10.${b}.${c}.${d}`, `127.${b}.${c}.${d}`, `169.254.${c}.${d}`, `192.168.${c}.${d}`]) {
          expect(isPublicAddress(address)).toBe(false)
          expect(isPublicAddress(`::ffff:${address}`)).toBe(false)
        }
      }),
    )
  })
})

describe('C-145 a URL', () => {
  const of = (text: string, allow: readonly string[] = []) => {
    const target = targetOf(text, allow)
    return target.ok ? target.value.url.href : `refused: ${target.error.detail}`
  }

  test.each([
    ['https://hooks.shop.com/in?x=1', 'https://hooks.shop.com/in?x=1'],
    ['https://hooks.shop.com:443/in', 'https://hooks.shop.com/in'],
    ['https://hooks.shop.com:8443/in', 'https://hooks.shop.com:8443/in'],
    ['HTTPS://HOOKS.Shop.COM./in', 'https://hooks.shop.com/in'],
    ['https://bücher.shop.com/', 'https://xn--bcher-kva.shop.com/'],
  ])('%s leads to %s', (text, href) => {
    expect(of(text)).toBe(href)
  })

  test.each([
    ['http://hooks.shop.com/', 'https'],
    ['ftp://hooks.shop.com/', 'https'],
    ['file:///etc/passwd', 'https'],
    ['gopher://hooks.shop.com/', 'https'],
    ['hooks.shop.com/in', 'no URL'],
    ['https://user:pass@hooks.shop.com/', 'credentials'],
    ['https://hooks.shop.com@127.0.0.1/', 'credentials'],
    ['https://hooks.shop.com/#x', 'fragment'],
    ['https://hooks.shop.com:22/', 'port'],
    ['https://hooks.shop.com:80/', 'port'],
    ['https://127.0.0.1/', 'not an address'],
    ['https://0x7f.1/', 'not an address'],
    ['https://2130706433/', 'not an address'],
    ['https://017700000001/', 'not an address'],
    ['https://127。0。0。1/', 'not an address'],
    ['https://①②⑦.0.0.1/', 'not an address'],
    ['https://[::1]/', 'not an address'],
    ['https://[::ffff:8.8.8.8]/', 'not an address'],
    ['https://8.8.8.8/', 'not an address'],
    ['https://localhost/', 'public internet'],
    ['https://LOCALHOST./', 'public internet'],
    ['https://metadata/', 'public internet'],
    ['https://metadata.google.internal/', 'public internet'],
    ['https://printer.local/', 'public internet'],
    ['https://a.localhost/', 'public internet'],
  ])('%s is refused: %s', (text, why) => {
    expect(of(text)).toMatch(new RegExp(`^refused: .*${why}`))
  })

  test('of the laptop is all right where a setting names its very host and port', () => {
    const allow = ['127.0.0.1:9999', 'hooks.localhost:9998']
    expect(of('http://127.0.0.1:9999/in', allow)).toBe('http://127.0.0.1:9999/in')
    expect(of('https://hooks.localhost:9998/', allow)).toBe('https://hooks.localhost:9998/')
    for (const other of [
      'http://127.0.0.1:9998/',
      'http://127.0.0.1/',
      'http://127.0.0.2:9999/',
      'ftp://127.0.0.1:9999/',
    ])
      expect(of(other, allow)).toMatch(/^refused/)
    expect(of('http://user@127.0.0.1:9999/', allow)).toMatch(/^refused: .*credentials/)
  })
})
