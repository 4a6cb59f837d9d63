// Clocks that are wrong: a minute is lived with, two issue nothing; and a verifier a minute off refuses nothing that is valid.
import { instantOf } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRing } from '../../functions/src/rooms/signing/ring/ring-document.ts'
import { rotateRing } from '../../functions/src/rooms/signing/ring/rotate-ring.ts'
import { type Estate, makeEstate } from './support/instances.ts'
import { claimsAt, foundRings, lifeSeconds, verifierOf } from './support/tokens.ts'

const minute = 60_000
let estate: Estate
beforeAll(async () => {
  estate = await makeEstate()
  await foundRings(estate.instance().app)
}, 60_000)
afterAll(() => estate.close())

/** The database of these tests runs on real time; what it says is taken for the true time of the estate. */
const trueTime = () => instantOf(estate.time.now)
const signedBy = (skew: number) => {
  const { app, logs } = estate.instance({ skew, trueTime })
  return { logs, app, signed: app.signing.sign('access', 'at+jwt', claimsAt(app.clock())) }
}

describe('the issuer’s clock', () => {
  it.each([-2, 2, -10, 10, 600, -600])(
    'F-33: %s minutes off, it issues nothing, rotates nothing, and says so',
    async (off) => {
      expect((await signedBy(0).signed).ok).toBe(true)
      const { signed, app, logs } = signedBy(off * minute)
      expect(await signed).toMatchObject({ ok: false, error: { code: 'unavailable' } })
      const before = await readRing(app.store.read, 'access')
      await expect(rotateRing({ purpose: 'access', now: app.clock(), requestId: 'test' }, app.rings)).rejects.toThrow(
        'clock',
      )
      expect((await readRing(app.store.read, 'access')).keys).toEqual(before.keys)
      expect(
        logs.filter((line) => line.includes('"ERROR"') && line.includes('clock of this instance is wrong')),
      ).not.toEqual([])
    },
  )

  it('F-33: whoever is wrong says so once in ten seconds, and not at each signature', async () => {
    const { app, logs } = estate.instance({ skew: 10 * minute, trueTime })
    for (let call = 0; call < 100; call++) await app.signing.sign('access', 'at+jwt', claimsAt(app.clock()))
    expect(logs.filter((line) => line.includes('"ERROR"'))).toHaveLength(2)
    estate.time.now += 10_000
    await app.signing.sign('access', 'at+jwt', claimsAt(app.clock()))
    expect(logs.filter((line) => line.includes('is wrong: nothing is signed'))).toHaveLength(2)
  })

  it('F-33: a clock far behind what the ring says is wrong, even where nobody knows the true time', async () => {
    expect((await signedBy(0).signed).ok).toBe(true)
    const { app } = estate.instance({ skew: -10 * minute })
    expect(await app.signing.sign('access', 'at+jwt', claimsAt(app.clock()))).toMatchObject({
      ok: false,
      error: { code: 'unavailable' },
    })
  })

  it('F-33: a minute between issuer and verifier refuses nothing, and nothing is alive a minute after its end', async () => {
    for (const [issuer, verifier] of [
      [0, minute],
      [0, -minute],
      [minute, 0],
      [-minute, 0],
    ] as const) {
      const { app, signed } = signedBy(issuer)
      const token = await signed
      if (!token.ok) throw new Error(token.error.code)
      const verify = verifierOf(app, estate.time, 0, verifier)
      expect((await verify(token.value)).ok).toBe(true)
      const end = (Math.floor(app.clock() / 1000) + lifeSeconds) * 1000
      const before = estate.time.now
      estate.time.now = end - verifier - 1000
      expect((await verify(token.value)).ok).toBe(true)
      estate.time.now = end - issuer + minute
      expect(await verify(token.value)).toEqual({ ok: false, error: 'expired' })
      estate.time.now = before
    }
  })
})
