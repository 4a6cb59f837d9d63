// A service's whole way from a request to an answer: what ends a credential, what a revision makes it see, and what garbage costs.
import { describe, expect, it, vi } from 'vitest'
import { createLatchkey } from './create-latchkey.ts'
import { account, bearing, secretOf, staged } from './latchkey.fixture.ts'
import { LatchkeyRefusal } from './refused.ts'

const permission = 'contacts.read'
const on = { tenant: account }
/** As the Auth emulator gives them to people. */
const unsignedToken = (project: string, at: number): string => {
  const seconds = Math.floor(at / 1_000)
  const said = {
    ...{ iss: `https://securetoken.google.com/${project}`, aud: project, sub: 'ada', auth_time: seconds - 60 },
    ...{ iat: seconds - 60, exp: seconds + 3_000 },
  }
  const [head, body] = [{ alg: 'none', typ: 'JWT' }, said].map((one) => Buffer.from(JSON.stringify(one)))
  return `${head?.toString('base64url')}.${body?.toString('base64url')}.`
}
const code = (error: unknown): unknown => (error instanceof LatchkeyRefusal ? error.code : error)

describe('a credential at a service', () => {
  it.each(['key', 'token'])('%s is over when the overlap ends in which its key is rotated away', async (kind) => {
    const { latchkey, state, token, pass, wall } = await staged()
    state.key = { endsAt: wall() + 3_000 }
    const text = kind === 'key' ? secretOf() : await token()
    const caller = await latchkey.authenticate(bearing(text))
    expect(await caller.check(permission, on)).toMatchObject({ allowed: true })
    pass(3_000)
    await expect(caller.check(permission, on).catch(code)).resolves.toBe('invalid_token')
    await expect(latchkey.authenticate(bearing(text)).catch(code)).resolves.toBe('invalid_token')
  })

  it.each(['key', 'token'])('%s that ended at a revision is refused to whoever must see it', async (kind) => {
    const { latchkey, state, token, pass, asOf } = await staged()
    const caller = await latchkey.authenticate(bearing(kind === 'key' ? secretOf() : await token()))
    await caller.require(permission, on)
    pass(1_000)
    state.key = undefined
    expect(await caller.check(permission, on)).toMatchObject({ allowed: true })
    const asked = caller.check(permission, { ...on, atLeast: asOf() })
    await expect(asked.catch(code)).resolves.toBe('invalid_token')
  })

  it('T-14 that names tenants which it cannot see is held up after thirty, and what it was seen at goes on', async () => {
    const { latchkey, calls, pass } = await staged()
    const caller = await latchkey.authenticate(bearing(secretOf()))
    const at = (nth: number) => ({ tenant: `acc_${String(nth).padStart(22, 'A')}` })
    await caller.require(permission, on)
    for (let nth = 0; nth < 30; nth++) {
      expect(await caller.check(permission, at(nth))).toMatchObject({ code: 'tenant_not_visible' })
    }
    const before = calls.length
    await expect(caller.check(permission, at(30)).catch(code)).resolves.toBe('rate_limited')
    expect(calls).toHaveLength(before)
    await caller.require(permission, on)
    pass(1_000)
    expect(await caller.check(permission, at(31))).toMatchObject({ code: 'tenant_not_visible' })
    await expect(caller.check(permission, at(32)).catch(code)).resolves.toBe('rate_limited')
  })

  const unseen = (nth: number) => ({ tenant: `acc_${String(nth).padStart(22, 'A')}` })

  it.each(['key', 'token'])(
    'T-14 is held up by its misses for as long, however often its %s is read or made anew',
    async (kind) => {
      const { latchkey, token, pass } = await staged()
      const text = async (nth: number) => (kind === 'key' ? secretOf() : token({ claims: { jti: `token-${nth}` } }))
      const asks = async (nth: number) =>
        (await latchkey.authenticate(bearing(await text(nth)))).check(permission, unseen(nth)).catch(code)
      for (let nth = 0; nth < 30; nth++) expect(await asks(nth)).toMatchObject({ code: 'tenant_not_visible' })
      pass(4_000)
      for (let nth = 30; nth < 34; nth++) expect(await asks(nth)).toMatchObject({ code: 'tenant_not_visible' })
      expect(await asks(34)).toBe('rate_limited')
    },
  )

  it('T-14 goes on where it was seen, also when what was put together there is over', async () => {
    const { latchkey, pass } = await staged()
    const allowed = async (where: object) =>
      (await latchkey.authenticate(bearing(secretOf()))).check(permission, where).catch(code)
    expect(await allowed(on)).toMatchObject({ allowed: true })
    pass(20_000)
    for (let nth = 0; nth < 30; nth++) expect(await allowed(unseen(nth))).toMatchObject({ allowed: false })
    expect(await allowed(unseen(30))).toBe('rate_limited')
    expect(await allowed(on)).toMatchObject({ allowed: true })
  })

  it('T-14 of a person is held up when it names the same unseen tenants again and again, and not while nobody is asked', async () => {
    const person = { firebaseProject: 'demo-x', firebaseEmulator: 'unsigned tokens' } as const
    const { latchkey, calls, pass, wall } = await staged(person)
    const signedIn = await latchkey.authenticate(bearing(unsignedToken('demo-x', wall())))
    const asks = (nth: number) => signedIn.check(permission, unseen(nth)).catch(code)
    const questions = () => calls.filter((path) => path.startsWith('/v1/policy/acc_AAAA')).length
    for (let nth = 0; nth < 30; nth++) await asks(nth)
    pass(4_000)
    const before = questions()
    for (let nth = 0; nth < 30; nth++) await asks(nth)
    expect(questions() - before).toBe(4)
    pass(30_000)
    for (let time = 0; time < 100; time++) expect(await asks(1)).toMatchObject({ code: 'tenant_not_visible' })
  })

  it('T-14 that names many at once is held up once it has missed, and asks for many at once while it has not', async () => {
    const { latchkey, pass } = await staged()
    const caller = await latchkey.authenticate(bearing(secretOf()))
    const refusals = async (first: number) => {
      const asked = Array.from({ length: 100 }, (_, nth) => caller.check(permission, unseen(first + nth)).catch(code))
      return (await Promise.all(asked)).filter((answer) => answer === 'rate_limited').length
    }
    expect(await refusals(0)).toBe(0)
    pass(3_000)
    expect(await refusals(100)).toBe(97)
  })

  it.each(['key', 'token'])('F-38 %s ends with everything that was made on the platform until then', async (kind) => {
    const { latchkey, state, token, pass, asOf, wall } = await staged()
    const [madeAt, text] = [wall(), kind === 'key' ? secretOf() : await token()]
    const answered = async () =>
      (await (await latchkey.authenticate(bearing(text))).check(permission, { ...on, atLeast: asOf() })).allowed
    for (const [end, allowed] of [
      [madeAt - 1, true],
      [madeAt, false],
    ] as const) {
      pass(1_000)
      state.ends = { keysNotBefore: { $at: end } }
      await expect(answered().catch(code)).resolves.toBe(allowed)
    }
  })

  it('that was bound to addresses at a revision is refused to whoever must see it', async () => {
    const { latchkey, state, pass, asOf } = await staged()
    const caller = await latchkey.authenticate(bearing(secretOf()), { address: '192.0.2.1' })
    pass(1_000)
    state.key = { allowedAddresses: ['192.0.2.1/32'] }
    expect(await caller.check(permission, { ...on, atLeast: asOf() })).toMatchObject({ allowed: true })
    pass(1_000)
    state.key = { allowedAddresses: ['198.51.100.0/24'] }
    const asked = caller.check(permission, { ...on, atLeast: asOf() })
    await expect(asked.catch(code)).resolves.toBe('restriction_failed')
  })

  it('that counted is asked about by its id from then on, and forgotten when its tenant was announced', async () => {
    const lines = new TransformStream<Uint8Array, Uint8Array>()
    const { latchkey, calls, pass } = await staged({ feed: true }, lines.readable)
    const writer = lines.writable.getWriter()
    const say = async (line: object): Promise<void> => {
      await writer.write(Buffer.from(`${JSON.stringify({ upTo: '2030-03-17T17:46:40.000000Z', lag: 0, ...line })}\n`))
      await new Promise((resolve) => void setTimeout(resolve, 5))
    }
    const authenticate = () => latchkey.authenticate(bearing(secretOf()))
    await authenticate()
    await say({ reset: true })
    pass(1)
    await (await authenticate()).require(permission, on)
    const keys = () => calls.filter((path) => path.startsWith('/v1/credentials/'))
    const byId = `/v1/credentials/${secretOf().slice(7, 29)}`
    expect(keys()).toEqual(['/v1/credentials/describe'])
    await say({ changed: [`tenant:${account}`] })
    const before = calls.length
    await (await authenticate()).require(permission, on)
    expect(keys()).toEqual(['/v1/credentials/describe', byId])
    expect(calls.slice(before).some((path) => path.startsWith('/v1/grants/'))).toBe(true)
    await latchkey.close()
  })
})

describe('a revision that is named', () => {
  it.each(['zzz', '2030-03-17', '9999-12-31T00:00:00.000000Z', ''])(
    'as %j is none, and makes nobody read anything again',
    async (atLeast) => {
      const { latchkey, calls } = await staged()
      const caller = await latchkey.authenticate(bearing(secretOf()))
      await caller.require(permission, on)
      const before = calls.length
      await expect(caller.check(permission, { ...on, atLeast }).catch(code)).resolves.toBe('invalid_request')
      await caller.require(permission, on)
      expect(calls).toHaveLength(before)
    },
  )
})

describe('a tenant that is not named where it should be', () => {
  const unnamed: Readonly<Record<string, object>> = {
    'has no value': { tenant: undefined },
    'is null': { tenant: null },
    'is under another name': { tenantId: `acc_${'2'.repeat(22)}` },
    'is a list': { tenant: [account] },
  }
  it.each(Object.entries(unnamed))('is never taken for the credential’s own: it %s', async (_, where) => {
    const { latchkey, token } = await staged()
    for (const text of [secretOf(), await token()]) {
      const caller = await latchkey.authenticate(bearing(text))
      await expect(caller.require(permission, { resource: { type: 'contact' } })).resolves.toBeUndefined()
      await expect(caller.require(permission, on)).resolves.toBeUndefined()
      const refusal = await caller.require(permission, where).catch(code)
      expect(['invalid_request', 'not_found']).toContain(refusal)
    }
  })
})

describe('a key with a plan', () => {
  it('that it was given while it is known has a part of it as soon as that is heard of', async () => {
    const { latchkey, state, pass } = await staged({ usage: true })
    const passes = async (): Promise<number> => {
      const told = Array.from({ length: 12 }, () => latchkey.authenticate(bearing(secretOf())).catch(code))
      return (await Promise.all(told)).filter((found) => found !== 'rate_limited').length
    }
    expect(await passes()).toBe(12)
    pass(4_000)
    state.key = { rate: { perSecond: 10, burst: 10 }, lease: { perSecond: 2, seconds: 12 } }
    expect(await passes()).toBe(2)
    await latchkey.close()
  })

  it.each(['key', 'token'])(
    'by its %s has a part of it from the first sight on, and is asked for none again',
    async (kind) => {
      const { latchkey, state, token, calls, pass } = await staged({ usage: true })
      state.key = { rate: { perSecond: 10, burst: 10 }, lease: { perSecond: 2, seconds: 12 } }
      const text = kind === 'key' ? secretOf() : await token()
      const passes = async (): Promise<number> => {
        const told = Array.from({ length: 12 }, () => latchkey.authenticate(bearing(text)).catch(code))
        return (await Promise.all(told)).filter((found) => found !== 'rate_limited').length
      }
      expect(await passes()).toBe(2)
      pass(4_000)
      state.key = { rate: { perSecond: 10, burst: 10 } }
      expect(await passes()).toBe(2)
      expect(calls.filter((path) => path.includes('?process='))).toHaveLength(kind === 'key' ? 0 : 1)
      await latchkey.close()
    },
  )
})

describe('keys that were never seen', () => {
  it('do not reach Latchkey one to one, and cost those who were seen nothing', async () => {
    const { latchkey, calls, pass } = await staged()
    const caller = await latchkey.authenticate(bearing(secretOf()))
    await caller.require(permission, on)
    const codes = new Map<unknown, number>()
    for (let index = 2; index < 2_002; index++) {
      const found = await latchkey.authenticate(bearing(secretOf(index))).catch(code)
      codes.set(found, (codes.get(found) ?? 0) + 1)
    }
    expect(codes.get('unavailable')).toBeGreaterThan(1_400)
    expect(calls.length).toBeLessThan(600)
    pass(5_000) // what is known has to be read again
    await (await latchkey.authenticate(bearing(secretOf()))).require(permission, on)
  })

  it('wait for no more than a hundred answers at once', async () => {
    const { latchkey, state, calls } = await staged()
    let open = (): void => undefined
    state.gate = new Promise((resolve) => {
      open = resolve
    })
    const asked = Array.from({ length: 200 }, (_, index) =>
      latchkey.authenticate(bearing(secretOf(index + 2))).catch(code),
    )
    await vi.waitFor(() => expect(calls).toHaveLength(100))
    open()
    expect((await Promise.all(asked)).filter((found) => found === 'unavailable')).toHaveLength(100)
  })
})

describe('the shadow of a check that still decides', () => {
  it('never waits for Latchkey, and no fault of ours is heard', async () => {
    const { latchkey, state, reports } = await staged({ usage: true })
    const caller = await latchkey.authenticate(bearing(secretOf()))
    const held = state.gate
    state.gate = new Promise(() => undefined)
    await caller.shadow(permission, on, { allows: () => true, authority: 'legacy' })
    state.gate = held
    const broken = {
      get tenant(): string {
        throw new Error('ours')
      },
    }
    await caller.shadow(permission, broken, { allows: () => true, authority: 'legacy' })
    const refusal = caller.shadow(permission, broken, { allows: () => false, authority: 'legacy' })
    await expect(refusal.catch(code)).resolves.toBe('permission_denied')
    await latchkey.report()
    expect(reports.join()).toContain('{"permission":"contacts.read","ours":"unknown","legacy":"allowed","count":1}')
    await latchkey.close()
  })
})

describe('a report of usage', () => {
  it('names no permission that is none: that would cost all of it', async () => {
    const { latchkey, reports } = await staged({ usage: true })
    const caller = await latchkey.authenticate(bearing(secretOf()))
    await caller.check('contacts.*', on)
    await caller.shadow('Contacts', on, { allows: () => true, authority: 'latchkey' }).catch(code)
    await caller.check('contacts.purge', on)
    await latchkey.report()
    expect(reports.map((text) => JSON.parse(text))).toMatchObject([
      { denials: [{ permission: 'contacts.purge', count: 1 }], differences: [] },
    ])
    await latchkey.close()
  })

  it.each(['key', 'token'])(
    'tells of the last use of a %s at once and within the hour no more, but while its key is rotated away',
    async (kind) => {
      const told = async (endsAt: number | undefined): Promise<readonly (number | undefined)[]> => {
        const { latchkey, state, token, reports, pass, wall } = await staged({ usage: true })
        const text = kind === 'key' ? secretOf() : await token()
        state.key = endsAt === undefined ? {} : { endsAt: wall() + endsAt }
        for (let round = 0; round < 3; round++) {
          await latchkey.authenticate(bearing(text))
          await latchkey.report()
          pass(10_000)
        }
        await latchkey.close()
        const begin = wall() - 30_000
        return reports
          .flatMap((body) => JSON.parse(body).uses)
          .map(({ lastUsedAt }) => (lastUsedAt === 0 ? undefined : lastUsedAt - begin))
      }
      expect(await told(undefined)).toEqual([0, undefined, undefined])
      expect(await told(3_600_000)).toEqual([0, 10_000, 20_000])
    },
  )
})

describe('a Latchkey that believes unsigned ID tokens', () => {
  const make = (more: object) => () =>
    createLatchkey({ url: 'https://authz.example', credential: 'lk_api_own', feed: false, usage: false, ...more })
  it('is one of a demo project that says so in these words, and of nothing else', () => {
    expect(make({ firebaseProject: 'demo-x', firebaseEmulator: 'unsigned tokens' })).not.toThrow()
    expect(make({ firebaseProject: 'shop', firebaseEmulator: 'unsigned tokens' })).toThrow('named `demo-…` only')
    for (const said of ['127.0.0.1:9099', '', null, false]) {
      expect(make({ firebaseProject: 'demo-x', firebaseEmulator: said })).toThrow('in so many words')
    }
  })
})

describe('a Latchkey without a credential of its own', () => {
  it.each(['', undefined])('stops the start: %j', (credential) => {
    const make = (own: unknown) => () =>
      createLatchkey({ url: 'https://authz.example', credential: own as string, feed: false, usage: false }) // from the environment
    expect(make('lk_api_own')).not.toThrow()
    expect(make(credential)).toThrow('`credential` is missing')
  })
})

describe('a Latchkey that was made and not used', () => {
  it('calls nobody, sets no timer and draws nothing: where modules are loaded, some runtimes allow none of it', async () => {
    const spies = [
      vi.spyOn(globalThis, 'setInterval'),
      vi.spyOn(globalThis, 'setTimeout'),
      vi.spyOn(crypto, 'randomUUID'),
    ]
    const { latchkey, calls } = await staged({ feed: true, usage: true })
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
    expect(calls).toEqual([])
    await latchkey.close()
  })
})
