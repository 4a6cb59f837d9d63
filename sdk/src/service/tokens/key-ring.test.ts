// The issuer's keys at a verifier: asked for rarely, only where configured, and kept while the issuer answers badly.
import { describe, expect, it } from 'vitest'
import { LatchkeyRefusal } from '../refused.ts'
import { readIssuerKeys } from './access-tokens.ts'
import { type KeyRing, keyRing, staleMilliseconds } from './key-ring.ts'

const url = 'https://id.example/.well-known/jwks.json'
const part = 'A'.repeat(43)
const jwk = (name: string) => ({ kty: 'EC', crv: 'P-256', x: part, y: part, alg: 'ES256', use: 'sig', kid: kid(name) })
const kid = (name: string): string => `access-${name.padEnd(43, '0')}`
const whole = (...names: readonly string[]): Response => Response.json({ keys: names.map(jwk) })

const stage = () => {
  const asked: string[] = []
  let now = 0
  let answer: () => Response | Promise<Response> = () => whole('one')
  const ring: KeyRing<unknown> = keyRing({
    url,
    clocks: { wall: () => now, steady: () => now },
    fetch: async (where) => {
      asked.push(where)
      return answer()
    },
    read: readIssuerKeys,
  })
  return {
    ring,
    asked,
    pass: (milliseconds: number) => {
      now += milliseconds
    },
    answer: (next: typeof answer) => {
      answer = next
    },
  }
}

const code = (error: unknown): unknown => (error instanceof LatchkeyRefusal ? error.code : error)

describe('the keys of an issuer', () => {
  it('are fetched once, from the configured address and no other, for whoever asks at the same time', async () => {
    const { ring, asked } = stage()
    const found = await Promise.all(Array.from({ length: 50 }, () => ring.find(kid('one'))))
    expect(found.every((key) => key !== undefined)).toBe(true)
    expect(ring.known(kid('one'))).toBeDefined()
    expect(asked).toEqual([url])
  })

  it('C-067 are asked for again once in ten seconds, however many tokens name a key that nobody knows', async () => {
    const { ring, asked, pass } = stage()
    for (let second = 0; second < 30; second++) {
      for (let each = 0; each < 1_000; each++) expect(await ring.find(kid(`no${second}x${each}`))).toBeUndefined()
      pass(1_000)
    }
    // Within a minute nothing else asks: the first time, and once in each ten seconds.
    expect(asked.length).toBe(3)
    expect(new Set(asked)).toEqual(new Set([url]))
  })

  it('a key that appears is found at the next question after the cool-down', async () => {
    const { ring, answer, pass } = stage()
    expect(await ring.find(kid('two'))).toBeUndefined()
    answer(() => whole('one', 'two'))
    expect(await ring.find(kid('two'))).toBeUndefined()
    pass(10_000)
    expect(await ring.find(kid('two'))).toBeDefined()
  })

  it('a key that was withdrawn verifies nothing a minute later, and at once when a change is heard', async () => {
    const { ring, answer, pass } = stage()
    expect(await ring.find(kid('one'))).toBeDefined()
    answer(() => whole('two'))
    pass(59_000)
    expect(ring.known(kid('one'))).toBeDefined()
    pass(1_000)
    expect(ring.known(kid('one'))).toBeUndefined()
    expect(await ring.find(kid('one'))).toBeUndefined()
    answer(() => whole('one'))
    ring.doubt()
    expect(await ring.find(kid('two'))).toBeUndefined()
  })

  it('of which one may have been denied are believed for a minute at most while the issuer answers badly', async () => {
    const { ring, answer, pass } = stage()
    expect(await ring.find(kid('one'))).toBeDefined()
    answer(() => new Response('{}', { status: 500 }))
    ring.doubt()
    pass(59_999)
    expect(await ring.find(kid('one'))).toBeDefined()
    ring.doubt()
    pass(1)
    await expect(ring.find(kid('one')).catch(code)).resolves.toBe('unavailable')
    answer(() => whole('one'))
    pass(10_000)
    expect(await ring.find(kid('one'))).toBeDefined()
    pass(59_999)
    expect(ring.known(kid('one'))).toBeDefined()
  })

  it('that were being read when one was denied are read again', async () => {
    const { ring, answer, asked } = stage()
    let open = (): void => undefined
    answer(
      () =>
        new Promise((resolve) => {
          open = () => resolve(whole('one'))
        }),
    )
    const found = ring.find(kid('one'))
    ring.doubt()
    answer(() => whole('two'))
    const after = ring.find(kid('one'))
    open()
    expect(await Promise.all([found, after])).toEqual([undefined, undefined])
    expect(ring.known(kid('one'))).toBeUndefined()
    expect(asked).toHaveLength(2)
  })

  const faults: readonly (readonly [string, () => Response | Promise<Response>])[] = [
    ['is down', () => Promise.reject(new TypeError('connection refused'))],
    ['answers 500', () => new Response('{}', { status: 500 })],
    ['answers 304 for ever, though nothing was conditional', () => new Response(null, { status: 304 })],
    ['is cut off in the middle', () => new Response(JSON.stringify({ keys: [jwk('one')] }).slice(0, -9))],
    ['is huge', () => new Response(`{"keys":[${' '.repeat(70_000)}]}`)],
    ['is an HTML page', () => new Response('<html>sign in</html>')],
    ['is empty', () => Response.json({ keys: [] })],
    ['holds a key for another use', () => Response.json({ keys: [{ ...jwk('one'), use: 'enc' }] })],
    ['holds an RSA key', () => Response.json({ keys: [jwk('one'), { kty: 'RSA', kid: kid('x'), n: 'a', e: 'b' }] })],
    ['names one key twice', () => Response.json({ keys: [jwk('one'), jwk('one')] })],
  ]
  it.each(faults)(
    'F-35 stay what they were when the set %s, until nobody has confirmed them for an hour',
    async (_, fault) => {
      const { ring, answer, pass } = stage()
      expect(await ring.find(kid('one'))).toBeDefined()
      answer(fault)
      pass(60_000)
      expect(await ring.find(kid('one'))).toBeDefined()
      pass(staleMilliseconds - 60_001)
      expect(await ring.find(kid('one'))).toBeDefined()
      pass(1)
      await expect(ring.find(kid('one')).catch(code)).resolves.toBe('unavailable')
      expect(ring.known(kid('one'))).toBeUndefined()
      answer(() => whole('one'))
      pass(10_000)
      expect(await ring.find(kid('one'))).toBeDefined()
    },
  )

  it.each(faults)(
    'F-35 of which none was ever read, are not known rather than not there: the set %s',
    async (_, fault) => {
      const { ring, answer, asked } = stage()
      answer(fault)
      await expect(ring.find(kid('one')).catch(code)).resolves.toBe('unavailable')
      await expect(ring.find(kid('one')).catch(code)).resolves.toBe('unavailable')
      expect(asked).toHaveLength(1)
    },
  )
})
