// A KMS that refuses: it is not asked at every signature, and a standby that cannot be opened does not take over.
import { instantOf } from '@latchkey/core/kernel/time'
import { describe, expect, it } from 'vitest'
import { envelopeKeeper } from './keepers.ts'
import type { StoredKey } from './ring-document.ts'
import { takeoverFault } from './takeover-fault.ts'

const stage = () => {
  const time = { now: 1_000_000 }
  const kms = {
    calls: 0,
    refuses: (_kid: string): boolean => false,
    wrapped: [] as Uint8Array[],
    given: [] as Buffer[],
  }
  const keeper = envelopeKeeper(
    {
      wrap: async (plain) => {
        kms.wrapped.push(plain)
        return Uint8Array.from(plain)
      },
      unwrap: async (wrapped, kid) => {
        kms.calls++
        if (kms.refuses(kid)) throw Object.assign(new Error('no permission'), { code: 7 })
        const plain = Buffer.from(wrapped)
        kms.given.push(plain)
        return plain
      },
    },
    'access',
    () => instantOf(time.now),
  )
  const make = () => keeper.make([], instantOf(time.now))
  return { time, kms, keeper, make }
}
const bytes = Buffer.from('x')
const isEmpty = (plain: Uint8Array): boolean => plain.length > 100 && plain.every((byte) => byte === 0)

describe('a key that KMS refuses for good', () => {
  it('is asked for once in five seconds, however many sign, and signs as soon as it is given', async () => {
    const { time, kms, keeper, make } = stage()
    const key = await make()
    kms.refuses = () => true
    for (let call = 0; call < 50; call++) await expect(keeper.sign(key, bytes)).rejects.toThrow('no permission')
    time.now += 4_999
    await expect(keeper.warm(key)).rejects.toThrow('no permission')
    expect(kms.calls).toBe(1)
    kms.refuses = () => false
    time.now += 1
    await Promise.all([keeper.sign(key, bytes), keeper.sign(key, bytes)])
    time.now += 3_600_000
    await keeper.sign(key, bytes)
    expect(kms.calls).toBe(2)
  })

  it('a clock that was set back shuts nobody out for longer', async () => {
    const { time, kms, keeper, make } = stage()
    const key = await make()
    kms.refuses = () => true
    await expect(keeper.warm(key)).rejects.toThrow()
    kms.refuses = () => false
    time.now -= 60_000
    await keeper.warm(key)
  })
})

describe('a private key in the clear', () => {
  it('I-82: is overwritten once it was wrapped, and once it was opened', async () => {
    const { kms, keeper, make } = stage()
    await keeper.sign(await make(), bytes)
    expect([kms.wrapped.map(isEmpty), kms.given.map(isEmpty)]).toEqual([[true], [true]])
  })
})

describe('a standby takes over', () => {
  const ringOf = async ({ make }: ReturnType<typeof stage>) => {
    const [active, standby] = [await make(), await make()]
    return [
      { ...active, state: 'active' },
      { ...standby, state: 'published' },
    ] as const satisfies readonly StoredKey[]
  }

  it.each([
    ['both can be opened', [], false],
    ['it cannot be opened, and the active key can', ['standby'], true],
    ['neither can: those who opened it before can sign with it', ['active', 'standby'], false],
    ['only it can', ['active'], false],
  ] as const)('or not, when %s', async (_when, refused, isHeld) => {
    const all = stage()
    const [active, standby] = await ringOf(all)
    const kids = { active: active.kid, standby: standby.kid }
    all.kms.refuses = (kid) => refused.some((one) => kids[one] === kid)
    const fault = await takeoverFault(all.keeper, [active, standby], standby.kid)
    expect(fault?.fault).toBe(isHeld ? 'unavailable' : undefined)
  })

  it('whatever it is, when nobody signs', async () => {
    const all = stage()
    const [, standby] = await ringOf(all)
    all.kms.refuses = () => true
    expect(await takeoverFault(all.keeper, [standby], standby.kid)).toBeUndefined()
  })
})
