// `access/simulateToken` for a key against `POST /v1/credentials/exchange` with it: one plan, so one answer, also when it is a refusal.
import { readToken } from '@latchkey/core/tokens/compact'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { seeded, seedOfRun } from '../proof/support/random.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const seed = seedOfRun()
const minute = 60_000
const names = ['contacts.readonly', 'contacts.write', 'calendars.readonly', 'iam/tenants.readonly', 'iam/roles.write']

interface Drawn {
  readonly key: string
  readonly secret: string
  readonly home: string
  /** The same key's newest secret, by which people see it. */
  readonly isNewest: boolean
}

const claimsIn = ({ access_token: token }: Answer): Answer => readToken(token)?.claims ?? {}

describe('a simulated exchange', () => {
  const random = seeded(seed)
  let world: World
  let nora: Actor
  let agency: string
  let tenants: readonly string[]
  const keys: Drawn[] = []

  const make = async (home: string, more: object): Promise<Drawn> => {
    const { key, secret } = await newKey(nora, home, more)
    return { key: key.key, secret, home, isNewest: true }
  }
  const shop = (name: string) => nora.must('tenants/create', { parent: agency, name }).then(({ tenant }) => tenant)
  const guard = (tenant: string, change: object) =>
    nora.must('roles/setGuardrail', { tenant, deniedPermissions: [], reason: 'for the test', ...change })

  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    const [open, capped, stopped, moved] = await Promise.all(['Open', 'Capped', 'Stopped', 'Far'].map(shop))
    const south = await world.agency('Southridge', 'sven')
    tenants = [agency, open, capped, stopped, moved, south, 'platform', `acc_${'0'.repeat(22)}`]
    const { service } = await nora.must('members/createService', { tenant: agency, name: 'Robot' })
    await nora.must('roles/assign', { tenant: agency, principal: { service }, role: 'agency.support', reach: 'node' })
    const inMinutes = (count: number) => new Date(world.app.clock() + count * minute).toISOString()
    for (let index = 0; index < 5; index++) {
      const scopes = [...random.some(names, 4), 'iam/tenants.readonly']
      const of = { scopes: [...new Set(scopes)] }
      keys.push(await make(agency, of), await make(agency, { ...of, expiresAt: inMinutes(5 + index) }))
      keys.push(await make(agency, { ...of, accounts: [random.pick([open, capped, stopped])] }))
      keys.push(await make(open, of), await make(capped, of))
      keys.push(await make(agency, { ...of, service }))
    }
    const rotated = await make(agency, { scopes: names })
    const next = await nora.must('apiKeys/rotate', { tenant: agency, key: rotated.key, overlapSeconds: 240 })
    keys.push({ ...rotated, isNewest: false }, { ...rotated, secret: next.secret })
    for (const [index, change] of ['apiKeys/disable', 'apiKeys/revoke'].entries()) {
      const { key, home } = keys[index * 6] ?? rotated
      await nora.must(change, { tenant: home, key })
    }
    await guard(capped, { keyScopes: ['contacts.readonly', 'iam/tenants.readonly'] })
    await nora.must('tenants/suspend', { tenant: stopped, reason: 'for the test' })
    world.advance(minute)
  }, 60_000)
  afterAll(() => world.close())

  const drawnRequest = (home: string) => ({
    tenant: random.chance(0.4) ? home : random.pick(tenants),
    ...(random.chance(0.5) ? {} : { scopes: [...random.some(names, 3), random.pick([...names, 'no.such'])] }),
    ...(random.chance(0.5) ? {} : { audience: 'https://calendar.example' }),
    ...(random.chance(0.5) ? {} : { lifetimeSeconds: random.pick([30, 59, 600, 300, 601, 29]) }),
  })
  const refusal = ({ error }: Answer) => ({ code: error.code, missing: error.missing, field: error.field })

  /** Both are asked within a second or so. */
  const same = (shown: Answer, minted: Answer, about: string): void => {
    const { iat, exp, ...claims } = shown.claims
    const { iat: since, exp: until, jti: _drawn, ...others } = claimsIn(minted)
    expect(claims, about).toEqual(others)
    expect(Math.abs(iat - since), about).toBeLessThanOrEqual(2)
    expect(Math.abs(exp - until), about).toBeLessThanOrEqual(2)
    expect(minted, about).toMatchObject({ scope: claims.scope, tenant: claims.tenant })
  }

  it('C-113 shows what is minted and refuses what is refused, to the key itself and to who may explain it', async () => {
    const seen = { minted: 0, refused: new Map<string, number>(), byPeople: 0 }
    for (let index = 0; index < 400; index++) {
      world.advance(1_000) // so that nobody asks too often, and keys end meanwhile
      const one = random.pick(keys)
      const request = drawnRequest(one.home)
      const by = world.withKey(one.secret)
      const address = { address: `10.9.${index >> 7}.${index & 127}` }
      const minted = await by.call('credentials/exchange', request, address)
      const shown = await by.call('access/simulateToken', request, address)
      const about = `seed ${seed}, ${JSON.stringify({ request, one: { ...one, secret: '' } })}`
      expect(shown.ok, `${about} ${JSON.stringify([shown, minted])}`).toBe(minted.ok)
      if (minted.ok && shown.ok) {
        same(shown.value, minted.value, about)
        seen.minted++
      } else {
        expect(refusal(shown), about).toEqual(refusal(minted))
        const { code } = refusal(minted)
        seen.refused.set(code, (seen.refused.get(code) ?? 0) + 1)
      }
      if (!one.isNewest || random.chance(0.5)) continue
      const told: Answer = await nora.call('access/simulateToken', { ...request, key: one.key })
      // Of what has ended by itself, and of where there is no such key, she is told that.
      if (!told.ok && ['conflict', 'not_found', 'tenant_suspended', 'invalid_request'].includes(told.error.code)) {
        expect(minted.ok, about).toBe(false)
        continue
      }
      expect(told.ok, `${about} ${JSON.stringify(told)}`).toBe(minted.ok)
      if (minted.ok) same(told.value, minted.value, about)
      else expect(refusal(told), about).toEqual(refusal(minted))
      seen.byPeople++
    }
    console.log(
      `simulated exchanges, seed ${seed}: ${seen.minted} minted, refused ${JSON.stringify([...seen.refused])}`,
    )
    expect(seen.minted).toBeGreaterThan(50)
    expect(seen.byPeople).toBeGreaterThan(50)
    for (const code of ['not_found', 'tenant_suspended', 'insufficient_scope', 'invalid_token', 'invalid_request'])
      expect(seen.refused.get(code) ?? 0, code).toBeGreaterThan(0)
  }, 120_000)

  it('C-113 says of a token exactly what that token may do, permission by permission, and what a guardrail left out', async () => {
    const capped = tenants[2]
    const one = await make(agency, { scopes: names })
    const by = world.withKey(one.secret)
    const { access_token: token, scope } = await by.must('credentials/exchange', { tenant: capped })
    const shown = await nora.must('access/simulateToken', { tenant: capped, key: one.key })
    expect(shown.claims.scope).toBe(scope)
    expect(shown.dropped.map((dropped: Answer) => dropped.scope).sort()).toEqual(
      names.filter((name) => !scope.split(' ').includes(name)).sort(),
    )
    expect(shown.dropped.every(({ reason }: Answer) => reason === 'guardrail')).toBe(true)
    const { items } = await world.withKey(token).must('access/whatCan', { tenant: capped })
    const allowed = items.filter((item: Answer) => item.outcome === 'allowed')
    expect([...shown.permissions].sort()).toEqual(allowed.map(({ permission }: Answer) => permission).sort())
    expect(shown.permissions).toContain('contacts.read')
    expect(shown.permissions).not.toContain('contacts.write')
  })

  it('is refused to a token of a key, which is exchanged for nothing', async () => {
    const one = await make(agency, { scopes: names })
    const { access_token: token } = await world.withKey(one.secret).must('credentials/exchange', {})
    const asked = { tenant: agency }
    const refused = await world.withKey(token).call('credentials/exchange', asked)
    expect(refused).toMatchObject({ error: { code: 'permission_denied' } })
    expect(await world.withKey(token).call('access/simulateToken', asked)).toEqual(refused)
  })
})
