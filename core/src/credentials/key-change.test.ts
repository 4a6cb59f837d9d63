// Whether a change of a key gives anything: a narrowing never lets through what the key was held back from before.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOf } from '../kernel/time.ts'
import { isFrom } from './ip-range.ts'
import { type KeyExtent, onlyNarrows } from './key-change.ts'
import { isRateWithin, maxRate, rateOf, storedRate } from './rate-plan.ts'

const scope = fc.constantFrom('a.read', 'a.write', 'b.read')
const range = fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '0.0.0.0/0', '2001:db8::/32')
const orNone = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const extent: fc.Arbitrary<KeyExtent> = fc.record({
  scopes: fc.uniqueArray(scope),
  accounts: orNone(
    fc
      .uniqueArray(fc.tuple(fc.constantFrom('x', 'y'), fc.constantFrom('p1', 'p2')), { selector: ([id]) => id })
      .map((pairs) => new Map(pairs)),
  ),
  notAfter: fc.constantFrom(1, 2, 3).map(instantOf),
  addresses: orNone(fc.uniqueArray(range, { minLength: 1 })),
  rate: orNone(fc.record({ perSecond: fc.constantFrom(1, 2), burst: fc.constantFrom(1, 2) })),
})

interface Use {
  readonly scope: string
  readonly account: readonly [string, string]
  readonly at: number
  readonly from: string
}

const use: fc.Arbitrary<Use> = fc.record({
  scope,
  account: fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('p1', 'p2')),
  at: fc.constantFrom(0, 1, 2),
  from: fc.constantFrom('10.1.2.3', '10.1.9.9', '10.9.9.9', '11.0.0.1', '2001:db8::1', '2001:db9::1'),
})

const lets = (key: KeyExtent, { scope: wanted, account, at, from }: Use): boolean =>
  key.scopes.includes(wanted) &&
  (key.accounts === undefined || key.accounts.get(account[0]) === account[1]) &&
  at < key.notAfter &&
  (key.addresses === undefined || isFrom(key.addresses, from))

describe('a change of a key', () => {
  it('C-007 that only narrows lets nothing through that was not let through before', () => {
    let narrowing = 0
    fc.assert(
      fc.property(extent, extent, fc.array(use, { minLength: 20, maxLength: 20 }), (before, next, uses) => {
        if (!onlyNarrows(before, next)) return
        narrowing++
        expect(isRateWithin(next.rate, before.rate)).toBe(true)
        for (const one of uses) if (lets(next, one)) expect(lets(before, one), JSON.stringify(one)).toBe(true)
      }),
      { numRuns: 20_000 },
    )
    expect(narrowing).toBeGreaterThan(50)
  })

  it('to the same is a narrowing, and so is each step of one', () => {
    fc.assert(
      fc.property(extent, extent, extent, (first, second, third) => {
        expect(onlyNarrows(first, first)).toBe(true)
        if (onlyNarrows(first, second) && onlyNarrows(second, third)) expect(onlyNarrows(first, third)).toBe(true)
      }),
    )
  })

  const key: KeyExtent = {
    scopes: ['a.read'],
    accounts: new Map([['x', 'p1']]),
    notAfter: instantOf(2),
    addresses: ['10.0.0.0/8'],
    rate: { perSecond: 2, burst: 2 },
  }
  it.each<[string, Partial<KeyExtent>]>([
    ['a scope more', { scopes: ['a.read', 'a.write'] }],
    ['another scope', { scopes: ['a.write'] }],
    [
      'an account more',
      {
        accounts: new Map([
          ['x', 'p1'],
          ['y', 'p1'],
        ]),
      },
    ],
    ['an account at another placement', { accounts: new Map([['x', 'p2']]) }],
    ['all accounts', { accounts: undefined }],
    ['a moment more', { notAfter: instantOf(3) }],
    ['an address more', { addresses: ['10.0.0.0/8', '11.0.0.1'] }],
    ['any address', { addresses: undefined }],
    ['more uses a second', { rate: { perSecond: 3, burst: 2 } }],
    ['more uses at once', { rate: { perSecond: 2, burst: 3 } }],
    ['any number of uses', { rate: undefined }],
  ])('C-007 by %s is none', (_what, change) => {
    expect(onlyNarrows(key, key)).toBe(true)
    expect(onlyNarrows(key, { ...key, ...change })).toBe(false)
  }) // prettier-ignore
})

describe('a stored rate plan', () => {
  it('is a name or figures; one that cannot be read allows the least', () => {
    expect(storedRate(undefined)).toBeUndefined()
    expect(storedRate('trial')).toEqual(rateOf('trial'))
    expect(storedRate({ perSecond: 7, burst: 9 })).toEqual({ perSecond: 7, burst: 9 })
    for (const broken of [
      'unlimited',
      null,
      0,
      {},
      { perSecond: -1, burst: 1 },
      { perSecond: 1e9, burst: 1 },
      [],
      'constructor',
    ])
      expect(storedRate(broken)).toEqual({ perSecond: 1, burst: 1 })
  })

  it('never exceeds the cap by a name', () => {
    for (const name of ['trial', 'standard', 'high'] as const) expect(isRateWithin(rateOf(name), maxRate)).toBe(true)
  })
})
