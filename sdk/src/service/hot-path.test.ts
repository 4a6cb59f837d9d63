// What is at hand is not asked for again, and yet nothing that ends is believed for longer: every check is made at every use.
import { describe, expect, it } from 'vitest'
import { account, bearing, secretOf, staged } from './latchkey.fixture.ts'
import { LatchkeyRefusal } from './refused.ts'

const permission = 'contacts.read'
const on = { tenant: account }
const code = (error: unknown): unknown => (error instanceof LatchkeyRefusal ? error.code : error)

describe('a caller that is held while things change', () => {
  it.each(['key', 'token'])(
    '%s is refused as soon as another request of this process found it revoked',
    async (kind) => {
      const { latchkey, state, token, pass, asOf } = await staged()
      const text = kind === 'key' ? secretOf() : await token()
      const [held, other] = [await latchkey.authenticate(bearing(text)), await latchkey.authenticate(bearing(text))]
      for (const caller of [held, other]) await caller.require(permission, on)
      pass(1_000)
      state.key = undefined
      await expect(held.require(permission, on)).resolves.toBeUndefined()
      await expect(other.check(permission, { ...on, atLeast: asOf() }).catch(code)).resolves.toBe('invalid_token')
      await expect(held.check(permission, on).catch(code)).resolves.toBe('invalid_token')
      await expect(latchkey.authenticate(bearing(text)).catch(code)).resolves.toBe('invalid_token')
    },
  )

  it('by an access token is refused from its end on, to the millisecond', async () => {
    const { latchkey, token, pass } = await staged()
    const caller = await latchkey.authenticate(bearing(await token()))
    pass(599_999)
    await expect(caller.require(permission, on)).resolves.toBeUndefined()
    pass(1)
    await expect(caller.require(permission, on).catch(code)).resolves.toBe('invalid_token')
  })

  it.each(['key', 'token'])('%s is not believed for longer because it is used all the time', async (kind) => {
    const { latchkey, state, token, pass } = await staged()
    const caller = await latchkey.authenticate(bearing(kind === 'key' ? secretOf() : await token()))
    state.key = undefined
    for (let half = 0; half < 3; half++) {
      await expect(caller.require(permission, on)).resolves.toBeUndefined()
      pass(1_333)
    }
    pass(1)
    await expect(caller.require(permission, on).catch(code)).resolves.toBe('invalid_token')
  })
})

describe('a condition', () => {
  const mine = 'resource.ownerId == "eve" && action.bulk == false && request.time < timestamp("2031-01-01T00:00:00Z")'
  it.each([
    ['what the service vouches for', { resource: { ownerId: 'eve' }, action: { bulk: false } }, true],
    ['another owner', { resource: { ownerId: 'bob' }, action: { bulk: false } }, false],
    ['nothing', {}, false],
  ])('sees %s, warm as well', async (_, more, allowed) => {
    const { latchkey, state } = await staged()
    state.condition = mine
    const caller = await latchkey.authenticate(bearing(secretOf()))
    for (let time = 0; time < 2; time++) {
      expect(await caller.check(permission, { ...on, ...more })).toMatchObject({ allowed })
    }
  })
})

describe('I-49 a header that carries anything but one credential', () => {
  const odd: Readonly<Record<string, (text: string) => string>> = {
    'two spaces': (text) => `Bearer  ${text}`,
    'a tab': (text) => `Bearer\t${text}`,
    'another scheme': (text) => `Basic ${text}`,
    'two credentials': (text) => `Bearer ${text}, Bearer ${text}`,
    'two of them in one': (text) => `Bearer ${text} ${text}`,
    'a line break': (text) => `Bearer ${text}\n`,
    padding: (text) => `Bearer ${text}==`,
    'a quote': (text) => `Bearer "${text}"`,
    'letters from elsewhere': (text) => `Bearer ${text}\u0131`,
    'no scheme': (text) => text,
    'no credential': () => 'Bearer ',
  }
  it.each(Object.entries(odd))('is refused and nobody is asked about it: %s', async (_, write) => {
    const { latchkey, token, calls } = await staged()
    for (const text of [secretOf(), await token()]) {
      await latchkey.authenticate({ headers: { authorization: `bEARER ${text}` } })
      const before = calls.length
      const asked = latchkey.authenticate({ headers: { authorization: write(text) } })
      await expect(asked.catch(code)).resolves.toBe('invalid_token')
      const twice = latchkey.authenticate({ headers: { authorization: [`Bearer ${text}`, `Bearer ${text}`] } })
      await expect(twice.catch(code)).resolves.toBe('invalid_token')
      expect(calls).toHaveLength(before)
    }
  })
})
