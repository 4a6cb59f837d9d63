// The change feed: what is told to whom, what an SDK believes while it hears, and how soon a "no" arrives.
import { createLatchkey, type Latchkey } from '@latchkey/sdk/service/create-latchkey'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { authzInstance, type Instance } from './instance.ts'
import { bearing, until } from './support.ts'

describe('the change feed', () => {
  let two: TwoAgencies
  let instance: Instance
  let latchkey: Latchkey
  const calls: string[] = []
  beforeAll(async () => {
    two = await twoAgencies()
    instance = await authzInstance(two.world.projectId)
    latchkey = createLatchkey({
      url: instance.origin,
      credential: two.north.key.secret,
      usage: false,
      fetch: (url, init) => {
        calls.push(url)
        return fetch(url, init)
      },
    })
    expect(await latchkey.ready()).toBe(true)
  })
  afterAll(async () => {
    await latchkey.close()
    await instance.close()
    await two.world.close()
  })

  it('lets a warm service decide for longer than its caches live, without a call, and hear of a revocation at once', async () => {
    const { north } = two
    const { key, secret } = await newKey(north.owner, north.agency)
    const allowed = async () => {
      try {
        const caller = await latchkey.authenticate(bearing(secret))
        await caller.require('contacts.read', { tenant: north.account })
        return true
      } catch {
        return false
      }
    }
    expect(await allowed()).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await allowed()).toBe(true)
    calls.length = 0
    const start = performance.now()
    while (performance.now() - start < 6_500) {
      expect(await allowed()).toBe(true)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(calls).toEqual([])
    const revokedAt = performance.now()
    await north.owner.must('apiKeys/revoke', { tenant: north.agency, key: key.key })
    const heard = await until(async () => !(await allowed()), 5_000)
    console.log(`revoked, heard after ${Math.round(performance.now() - revokedAt)} ms`)
    expect(heard).toBeLessThan(2_000)
  }, 30_000)
})
