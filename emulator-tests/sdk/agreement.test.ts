// The SDK's answers against the reference evaluator, over generated agencies whose facts it knows only by what it loads.
import type { ReferenceAnswer } from '@latchkey/core/access/reference.fixture'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import { instantOf } from '@latchkey/core/kernel/time'
import type { Latchkey } from '@latchkey/sdk/service/create-latchkey'
import type { Principal } from '@latchkey/sdk/service/principal'
import { LatchkeyRefusal } from '@latchkey/sdk/service/refused'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { session, tokenOf } from '../proof/differential/book-facts.ts'
import { type KeyRecord, recordOf } from '../proof/differential/ledger.ts'
import { type Loaded, load } from '../proof/differential/load.ts'
import { userRef } from '../proof/differential/loading.ts'
import {
  type Asked,
  attributesOf,
  generate,
  oracle,
  permissionForKey,
  somewhereFor,
} from '../proof/differential/questions.ts'
import { seeded, seedOfRun, shareOfRun } from '../proof/support/random.ts'
import { makeWorld, type World } from '../support/world.ts'
import { authzInstance, type Instance } from './instance.ts'
import { bearing, platformVerifier, sdkOf } from './support.ts'

const seed = seedOfRun()
const many = (whole: number): number => Math.ceil(whole * shareOfRun())

interface Carried {
  readonly what: string
  readonly text: string
  readonly principal: PrincipalRef
  readonly key: KeyRecord | undefined
  readonly signedInAt: number
}

describe('the SDK’s own decision', () => {
  const random = seeded(seed)
  let world: World
  let instance: Instance
  let loaded: Loaded
  let everywhere: Latchkey
  let sdks: ReadonlyMap<string, Latchkey>
  let sessions: readonly Carried[]
  let tokens: readonly Carried[]
  const calls: string[] = []
  const tally = { asked: 0, allow: 0, deny: 0, invisible: 0 }

  beforeAll(async () => {
    world = await makeWorld()
    const credential = await platformVerifier(world)
    loaded = await load(world, random)
    instance = await authzInstance(world.projectId)
    everywhere = sdkOf(world, instance, { credential, calls })
    const agencies = loaded.agencies.map(({ agency }) => agency)
    sdks = new Map(
      agencies.map((agency) => {
        const secret = loaded.askers.find((one) => one.agency === agency)?.secret ?? ''
        return [agency, sdkOf(world, instance, { credential: secret, calls })] as const
      }),
    )
    for (const sdk of [everywhere, ...sdks.values()]) expect(await sdk.ready()).toBe(true)
    sessions = await Promise.all(
      [...new Set(loaded.agencies.flatMap((one) => one.people))].map(async (uid) => {
        const text = await world.idToken(uid)
        const claims = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString('utf8'))
        const signedInAt = Number(claims.auth_time) * 1_000
        return { what: 'session', text, principal: userRef(uid), key: undefined, signedInAt }
      }),
    )
    const exchanged: Carried[] = []
    for (const key of loaded.keys) {
      const scopes = random.some(key.scopes, 3)
      const narrowed = scopes.length === 0 ? key.scopes : scopes
      const answer = await world.withKey(key.secret).call('credentials/exchange', {
        audience: 'https://calendar.example',
        ...(scopes.length === 0 ? {} : { scopes }),
      })
      if (!answer.ok) continue
      const record = {
        ...key,
        scopes: narrowed,
        own: new Map([...key.own].filter(([name]) => narrowed.includes(name))),
      }
      exchanged.push({
        what: 'token',
        text: answer.value.access_token,
        principal: key.principal,
        key: record,
        signedInAt: 0,
      })
    }
    tokens = exchanged
  }, 240_000)
  afterAll(async () => {
    for (const sdk of [everywhere, ...sdks.values()]) await sdk.close()
    await instance.close()
    await world.close()
  })

  const told = (error: unknown): string =>
    error instanceof LatchkeyRefusal
      ? error.status === 401
        ? 'invisible'
        : `${error.status} ${error.reason}`
      : String(error)

  const answer = async (sdk: Latchkey, { text }: Carried, asked: Asked): Promise<string> => {
    let caller: Principal
    try {
      caller = await sdk.authenticate(bearing(text))
      const attributes = attributesOf(loaded.ledger, asked)
      const { type, id, ownerId, ...properties } = attributes as Record<string, string> // as the book has them
      const resource =
        asked.resource === undefined
          ? {}
          : { resource: { type, id, ...(ownerId === undefined ? {} : { ownerId }), properties } }
      const on = { tenant: asked.tenant, action: asked.action, ...resource }
      const { allowed, code } = await caller.check(asked.permission, on as never)
      return allowed ? 'allow' : code === 'tenant_not_visible' ? 'invisible' : 'deny'
    } catch (error) {
      return told(error)
    }
  }

  const compare = async (carried: Carried, sdk: Latchkey): Promise<void> => {
    const { principal, key, signedInAt } = carried
    const tenant =
      key !== undefined && random.chance(0.5)
        ? random.pick([key.tenant, ...(key.accounts?.keys() ?? [])])
        : somewhereFor(random, loaded.ledger, principal)
    const generated = generate(random, loaded.ledger, principal, tenant)
    const permission = key === undefined ? generated.permission : permissionForKey(random, loaded.ledger, key, tenant)
    const asked = { ...generated, permission }
    const presented = key === undefined ? session(instantOf(signedInAt)) : tokenOf(loaded.ledger, key, tenant)
    const expected: ReferenceAnswer = oracle(loaded.ledger, asked, presented)
    const said = await answer(sdk, carried, asked)
    expect(said, `seed ${seed}, ${carried.what}: ${JSON.stringify(asked)} ${JSON.stringify(key?.scopes)}`).toBe(
      expected,
    )
    tally.asked++
    tally[expected]++
  }

  it('C-113 agrees about API keys, access tokens and sign-ins, in a service that sees every tenant', async () => {
    const keys = loaded.keys.map((key) => ({
      what: 'key',
      text: key.secret,
      principal: key.principal,
      key,
      signedInAt: 0,
    }))
    for (let index = 0; index < many(5_300); index++) {
      await compare(random.pick(keys), everywhere)
      await compare(random.pick(tokens), everywhere)
      await compare(random.pick(sessions), everywhere)
    }
  }, 240_000)

  it('C-113 agrees in the services of one agency, about what is theirs', async () => {
    for (let index = 0; index < many(5_000); index++) {
      const key = random.pick(loaded.keys)
      const home = recordOf(loaded.ledger.tenants, key.tenant)
      const sdk = sdks.get(home.kind === 'agency' ? home.id : home.parent)
      const carried = { what: 'key at home', text: key.secret, principal: key.principal, key, signedInAt: 0 }
      const tenant = random.pick([key.tenant, ...(key.accounts?.keys() ?? [])])
      if (sdk === undefined) continue
      const permission = permissionForKey(random, loaded.ledger, key, tenant)
      const asked = { ...generate(random, loaded.ledger, key.principal, tenant), permission }
      const below = recordOf(loaded.ledger.tenants, tenant)
      // What has moved away since is another agency's.
      if (![below.id, below.parent].some((id) => sdks.get(id) === sdk)) continue
      const expected = oracle(loaded.ledger, asked, tokenOf(loaded.ledger, key, tenant))
      expect(await answer(sdk, carried, asked), `seed ${seed}: ${JSON.stringify(asked)}`).toBe(expected)
      tally.asked++
      tally[expected]++
    }
  }, 240_000)

  it('was asked in full, and of every kind of answer, with few calls', () => {
    console.log(
      `SDK agreement, seed ${seed}: ${tally.asked} questions, 0 disagreements (${tally.allow}/${tally.deny}/${tally.invisible}); ${calls.length} calls`,
    )
    expect(tally.asked).toBeGreaterThanOrEqual(20_000 * shareOfRun())
    for (const kind of ['allow', 'deny', 'invisible'] as const) expect(tally[kind]).toBeGreaterThan(tally.asked / 50)
    expect(new Set(calls.map((url) => new URL(url).origin))).toEqual(
      new Set([instance.origin, 'https://keys.latchkey.example']),
    )
  })
})
