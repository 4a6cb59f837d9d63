// What a process keeps of credentials that it has met is bounded, and given back when they have ended.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { account, bearing, staged } from './latchkey.fixture.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const kilobytes = (): number => {
  collect()
  return process.memoryUsage().heapUsed / 1_024
}

const tokens = 20_000
const together = 500

describe('the memory of a process', () => {
  it(`that has met ${tokens} access tokens is bounded, and given back when they have ended`, async () => {
    const { latchkey, token, pass } = await staged()
    const meet = async (first: number): Promise<void> => {
      const made = Array.from({ length: together }, (_, index) => token({ claims: { jti: `token-${first + index}` } }))
      for (const text of await Promise.all(made)) {
        await (await latchkey.authenticate(bearing(text))).require('contacts.read', { tenant: account })
      }
    }
    await meet(0)
    const before = kilobytes()
    for (let first = together; first <= tokens; first += together) await meet(first)
    const full = kilobytes() - before
    pass(600_000)
    const [last] = [await token()]
    await (await latchkey.authenticate(bearing(last))).require('contacts.read', { tenant: account })
    const after = kilobytes() - before
    console.log(`${tokens} tokens: ${Math.round(full)} KiB while they count, ${Math.round(after)} KiB after their end`)
    expect(full).toBeLessThan(120 * 1_024)
    expect(after).toBeLessThan(2 * 1_024)
    await latchkey.close()
  }, 60_000)
})
