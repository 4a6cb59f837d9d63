// What a process keeps: absolute in age, forgotten for good, read once for all who ask, and never an answer when reading fails.
import { describe, expect, it } from 'vitest'
import { LatchkeyRefusal } from '../refused.ts'
import { factLifeMilliseconds, factStore, type Loaded, longestLifeMilliseconds, type Wanted } from './fact-store.ts'

const stage = () => {
  let now = 0
  let hears: (startedAt: number) => boolean = () => false
  const store = factStore({ wall: () => now, steady: () => now }, { covers: (startedAt) => hears(startedAt) })
  let [reads, value, asOf] = [0, 'yes', 0]
  let gate: Promise<void> = Promise.resolve()
  const wanted: Wanted<string> = {
    name: 'grant:T/p',
    containers: ['grant:T/p', 'grant:T/*'],
    read: async (): Promise<Loaded<string>> => {
      reads++
      const read = { value, asOf: String(++asOf).padStart(4, '0') }
      await gate
      return read
    },
  }
  return {
    store,
    wanted,
    reads: () => reads,
    pass: (milliseconds: number) => {
      now += milliseconds
    },
    becomes: (next: string) => {
      value = next
    },
    hear: (covers: typeof hears) => {
      hears = covers
    },
    /** Reads from now on wait until it is opened. */
    close: (): (() => void) => {
      let open = (): void => undefined
      gate = new Promise((resolve) => {
        open = resolve
      })
      return open
    },
    ask: async () => (store.kept(wanted) ?? (await store.load(wanted))).value,
  }
}

describe('a fact that is kept', () => {
  it('F-29 that is polled every half life for ten lives dies on time: its age is absolute', async () => {
    const { ask, pass, becomes } = stage()
    expect(await ask()).toBe('yes')
    becomes('no')
    const answers: string[] = []
    for (let half = 1; half <= 20; half++) {
      pass(factLifeMilliseconds / 2)
      answers.push(await ask())
    }
    expect(answers).toEqual(['yes', ...Array.from({ length: 19 }, () => 'no')])
  })

  it('lives longer while changes are heard of, and never beyond ten minutes', async () => {
    const { ask, pass, becomes, hear, reads } = stage()
    hear(() => true)
    expect(await ask()).toBe('yes')
    pass(longestLifeMilliseconds - 1)
    becomes('no')
    expect(await ask()).toBe('yes')
    pass(1)
    expect(await ask()).toBe('no')
    expect(reads()).toBe(2)
  })

  it('is believed by its own short life again as soon as nothing is heard', async () => {
    const { ask, pass, becomes, hear } = stage()
    hear(() => true)
    await ask()
    pass(factLifeMilliseconds)
    becomes('no')
    expect(await ask()).toBe('yes')
    hear(() => false)
    expect(await ask()).toBe('no')
  })

  it.each(['grant:T/p', 'grant:T/*'])(
    'is forgotten when %s is announced, and not when another is',
    async (container) => {
      const { ask, becomes, store } = stage()
      await ask()
      becomes('no')
      store.forget('grant:T/q')
      expect(await ask()).toBe('yes')
      store.forget(container)
      expect(await ask()).toBe('no')
    },
  )

  it('that was read while its change was announced is read again: an old answer never comes after the word of a new one', async () => {
    const { ask, becomes, store, close, reads } = stage()
    const open = close()
    const first = ask()
    becomes('no')
    store.forget('grant:T/p')
    const second = ask()
    open()
    expect(await Promise.all([first, second])).toEqual(['no', 'no'])
    expect(await ask()).toBe('no')
    expect(reads()).toBeLessThanOrEqual(3)
  })

  it('F-31 that ends while two thousand ask is read once', async () => {
    const { ask, pass, close, reads } = stage()
    await ask()
    pass(factLifeMilliseconds)
    const open = close()
    const asked = Array.from({ length: 2_000 }, ask)
    open()
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['yes']))
    expect(reads()).toBe(2)
  })

  it('F-31 that cannot be read is nobody’s answer, and a thousand who ask do not make a thousand reads', async () => {
    const { store, pass, ask } = stage()
    await ask()
    pass(factLifeMilliseconds)
    let tries = 0
    const failing: Wanted<string> = {
      name: 'grant:T/p',
      containers: ['grant:T/p'],
      read: async () => {
        tries++
        throw new Error('down')
      },
    }
    for (let each = 0; each < 1_000; each++) {
      expect(store.kept(failing)).toBeUndefined()
      const fault: unknown = await store.load(failing).catch((error: unknown) => error)
      expect(fault instanceof LatchkeyRefusal && fault.code).toBe('unavailable')
    }
    expect(tries).toBe(1)
    pass(250)
    await store.load(failing).catch(() => undefined)
    expect(tries).toBe(2)
  })

  it('F-32 that was a no of a short life is asked for again after that', async () => {
    const { store, pass } = stage()
    let active = false
    const key: Wanted<boolean> = {
      name: 'key:digest',
      containers: ['credential:id'],
      read: async () => ({ value: active, asOf: '1', ...(active ? {} : { life: 2_000 }) }),
    }
    expect((await store.load(key)).value).toBe(false)
    active = true
    pass(1_999)
    expect(store.kept(key)?.value).toBe(false)
    pass(1)
    expect(store.kept(key)).toBeUndefined()
    expect((await store.load(key)).value).toBe(true)
  })
})
