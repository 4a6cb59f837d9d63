// Twenty thousand questions at the deployed doors, each answered as the reference evaluator answers it from a book that no store was read for.
import type { ReferenceAnswer } from '@latchkey/core/access/reference.fixture'
import { idOf, kindOf, type PrincipalRef } from '@latchkey/core/kernel/principal'
import { instantOf } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Served, serve } from '../support/framework.ts'
import { makeWorld, type World } from '../support/world.ts'
import { session, tokenOf } from './differential/book-facts.ts'
import { head, recordOf } from './differential/ledger.ts'
import { type Asker, type Loaded, load } from './differential/load.ts'
import { userRef } from './differential/loading.ts'
import {
  type Asked,
  aboutOneself,
  asCheck,
  asEvaluation,
  asSelfCheck,
  generate,
  oracle,
  permissionFor,
  permissionForKey,
  somebodyAt,
  somewhereFor,
  withResource,
} from './differential/questions.ts'
import { type Answer, type Door, openDoor, withHands } from './support/door.ts'
import { seeded, seedOfRun } from './support/random.ts'

const seed = seedOfRun()
const many = (whole: number): readonly number[] => Array.from({ length: whole }, (_, index) => index)
const hands = 12

interface Session {
  readonly principal: PrincipalRef
  readonly token: string
  readonly signedInAt: number
}

describe('every door of a decision', () => {
  const random = seeded(seed)
  let world: World
  let loaded: Loaded
  let served: readonly Served[]
  let api: Door
  let authz: Door
  let access: Door
  let sessions: readonly Session[]
  let everybody: readonly PrincipalRef[]
  const doors = new Map<string, { asked: number; allow: number; deny: number; invisible: number }>()

  beforeAll(async () => {
    world = await makeWorld()
    loaded = await load(world, random)
    const env = {
      GCLOUD_PROJECT: world.projectId,
      LK_TRUSTED_HOPS: '1',
      NODE_OPTIONS: '--require ./emulator-tests/proof/support/without-domains.cjs',
    }
    served = await Promise.all(['api', 'authz', 'access'].map((target) => serve(target, env)))
    const [first = '', second = '', third = ''] = served.map(({ origin }) => origin)
    api = openDoor(first)
    authz = openDoor(second)
    access = openDoor(third)
    const people = [...new Set(loaded.agencies.flatMap((one) => one.people))]
    sessions = await Promise.all(
      people.map(async (uid) => {
        const token = await world.idToken(uid)
        const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
        return { principal: userRef(uid), token, signedInAt: Number(claims.auth_time) * 1000 }
      }),
    )
    everybody = [...loaded.ledger.principals, userRef('nobodyEver')].filter((one) => kindOf(one) !== 'team')
  }, 240_000)
  afterAll(async () => {
    for (const door of [api, authz, access]) door.close()
    for (const one of served) one.stop()
    await world.close()
  })

  const address = (): string => `10.2.${random.below(200)}.${random.below(200)}`
  const counted = (door: string, expected: ReferenceAnswer): void => {
    const tally = doors.get(door) ?? { asked: 0, allow: 0, deny: 0, invisible: 0 }
    tally.asked++
    tally[expected]++
    doors.set(door, tally)
  }
  const because = (door: string, asked: object, answer: unknown): string =>
    `seed ${seed}, ${door}: ${JSON.stringify(asked)} was answered ${JSON.stringify(answer)}`

  /** Where an agency's askers are admitted: whoever may not ask at a suspended tenant asks nowhere in it. */
  // Those who ask are service accounts: where no key of theirs counts, they ask nothing.
  const openTenants = (asker: Asker): readonly string[] =>
    [...loaded.ledger.tenants.values()]
      .filter(({ id, parent, status }) => status === 'active' && (id === asker.agency || parent === asker.agency))
      .filter(({ keyKinds }) => keyKinds?.includes('service') !== false)
      .map(({ id }) => id)
  const somebody = (tenant: string): PrincipalRef => somebodyAt(random, loaded.ledger, everybody, tenant)
  const somewhere = (principal: PrincipalRef): string => somewhereFor(random, loaded.ledger, principal)
  const ask = (asker: Asker): Asked => {
    const tenant = random.pick(openTenants(asker))
    return generate(random, loaded.ledger, somebody(tenant), tenant)
  }

  /** The answer of `access/check`, or of an error, in the oracle's words. */
  const told = ({ status, text }: Answer, unwrap = (body: unknown): unknown => body): ReferenceAnswer | string => {
    const body = unwrap(JSON.parse(text)) as { readonly allowed?: boolean; readonly code?: string } // checked by what follows
    if (status === 404) return 'invisible'
    if (status !== 200 || body.allowed === undefined) return `${status} ${text}`
    if (body.allowed) return 'allow'
    return body.code === 'tenant_not_visible' ? 'invisible' : 'deny'
  }

  it('P6 INV-11 access/check over HTTP, about others, agrees with the oracle', async () => {
    await withHands(hands, many(3_500), async () => {
      const asker = random.pick(loaded.askers)
      const asked = ask(asker)
      const expected = oracle(loaded.ledger, asked)
      const answer = await api.post('/v1/ops/access/check', asCheck(asked), {
        bearer: asker.secret,
        address: address(),
      })
      if (answer.status === 429) return
      expect(told(answer), because('check', asked, answer.text)).toBe(expected)
      counted('check over HTTP', expected)
    })
  }, 120_000)

  it('P6 INV-11 access/check over HTTP, about oneself with a key, agrees with the oracle', async () => {
    await withHands(hands, many(2_000), async () => {
      const key = random.pick(loaded.keys)
      const tenant = random.pick([key.tenant, ...(key.accounts?.keys() ?? []), somewhere(key.principal)])
      const generated = generate(random, loaded.ledger, key.principal, tenant)
      const permission = permissionForKey(random, loaded.ledger, key, tenant)
      const asked = aboutOneself({ ...generated, permission })
      const expected = oracle(loaded.ledger, asked, tokenOf(loaded.ledger, key, tenant))
      const answer = await api.post('/v1/ops/access/check', asSelfCheck(asked), {
        bearer: key.secret,
        address: address(),
      })
      if (answer.status === 429) return
      expect(told(answer), because('check by key', { ...asked, key: { ...key, secret: '' } }, answer.text)).toBe(
        expected,
      )
      counted('check by a key', expected)
    })
  }, 120_000)

  it('P6 INV-11 AuthZEN evaluations, a hundred a call, agree with the oracle', async () => {
    await withHands(4, many(120), async () => {
      const asker = random.pick(loaded.askers)
      const tenant = random.pick(openTenants(asker))
      const questions = Array.from({ length: 100 }, () =>
        withResource(generate(random, loaded.ledger, somebody(tenant), tenant)),
      )
      const expected = questions.map((asked) => oracle(loaded.ledger, asked))
      const body = { context: { tenant }, evaluations: questions.map(asEvaluation) }
      const answer = await authz.post('/access/v1/evaluations', body, { bearer: asker.secret, address: address() })
      const { evaluations = [] } = JSON.parse(answer.text) as {
        evaluations?: { decision: boolean; context?: object }[]
      } // AuthZEN's wire
      expect(evaluations, answer.text).toHaveLength(100)
      for (const [index, asked] of questions.entries()) {
        const said = evaluations[index]
        const should = expected[index] ?? 'deny'
        expect(said?.decision, because('evaluations', asked, said)).toBe(should === 'allow')
        counted('AuthZEN evaluations', should)
      }
    })
  }, 120_000)

  it('P6 INV-11 AuthZEN evaluation agrees with the oracle', async () => {
    await withHands(hands, many(1_000), async () => {
      const asker = random.pick(loaded.askers)
      const asked = withResource(ask(asker))
      const expected = oracle(loaded.ledger, asked)
      const body = { ...asEvaluation(asked), context: { tenant: asked.tenant } }
      const answer = await authz.post('/access/v1/evaluation', body, { bearer: asker.secret, address: address() })
      expect(JSON.parse(answer.text).decision, because('evaluation', asked, answer.text)).toBe(expected === 'allow')
      counted('AuthZEN evaluation', expected)
    })
  }, 120_000)

  it('P6 INV-11 access/check as a callable, about oneself and others, agrees with the oracle', async () => {
    await withHands(hands, many(2_000), async () => {
      const { principal, token, signedInAt } = random.pick(sessions)
      const signedIn = session(instantOf(signedInAt))
      const tenant = somewhere(principal)
      const whose = random.chance(0.7) ? principal : somebody(tenant)
      const asked = aboutOneself(generate(random, loaded.ledger, whose, tenant))
      const may = oracle(
        loaded.ledger,
        { ...asked, principal, permission: 'iam.access.check', resource: undefined },
        signedIn,
      )
      const body = { data: whose === principal ? asSelfCheck(asked) : asCheck(asked) }
      const answer = await access.post('/check', body, { bearer: token, address: address() })
      const said = told(answer, (all) => (all as { result?: unknown }).result ?? {})
      if (answer.status === 429) return
      if (whose !== principal && may !== 'allow') {
        expect([403, 404], because('callable', asked, answer.text)).toContain(answer.status)
        return counted('callable, refused to ask', may)
      }
      const expected = oracle(loaded.ledger, asked, whose === principal ? signedIn : undefined)
      expect(said, because('callable', { ...asked, by: principal }, answer.text)).toBe(expected)
      counted('check as a callable', expected)
    })
  }, 120_000)

  it('P6 INV-11 credentials/verify, twenty permissions a call, agrees with the oracle', async () => {
    let active = 0
    await withHands(hands, many(100), async () => {
      const key = random.pick(loaded.keys)
      const tenant = random.pick([key.tenant, key.tenant, ...(key.accounts?.keys() ?? []), somewhere(key.principal)])
      const names = Array.from({ length: 20 }, () => permissionForKey(random, loaded.ledger, key, tenant))
      const home = recordOf(loaded.ledger.tenants, key.tenant)
      const asker = random.pick(loaded.askers.filter(({ agency }) => agency === home.id || agency === home.parent))
      const body = { credential: key.secret, tenant, permissions: names }
      const answer = await authz.post('/v1/credentials/verify', body, { bearer: asker.secret, address: address() })
      const said = JSON.parse(answer.text)
      expect(answer.status, answer.text).toBe(200)
      if (said.active) active++
      for (const [index, permission] of names.entries()) {
        const asked: Asked = {
          principal: key.principal,
          tenant,
          permission,
          resource: undefined,
          properties: {},
          action: {},
        }
        const expected = oracle(loaded.ledger, asked, tokenOf(loaded.ledger, key, tenant))
        const verdict = said.permissions?.[index]
        expect(verdict?.allowed ?? false, because('verify', asked, said)).toBe(expected === 'allow')
        if (verdict !== undefined) {
          expect(verdict.code === 'tenant_not_visible', because('verify', asked, said)).toBe(expected === 'invisible')
        }
        counted('credentials/verify', expected)
      }
    })
    expect(active).toBeGreaterThan(20)
  }, 120_000)

  const plain = (principal: PrincipalRef, tenant: string, permission: string): Asked => ({
    principal,
    tenant,
    permission,
    resource: undefined,
    properties: {},
    action: {},
  })
  const ownerOf = (tenant: string): Session => {
    const record = recordOf(loaded.ledger.tenants, tenant)
    const agency = loaded.agencies.find((one) => one.agency === record.id || one.agency === record.parent)
    const found = sessions.find(({ principal }) => principal === userRef(agency?.ownerUid ?? ''))
    if (found === undefined) throw new Error('an agency has an owner')
    return found
  }
  const activeTenants = () =>
    [...loaded.ledger.tenants.values()].filter(({ status }) => status === 'active').map(({ id }) => id)

  it('C-113 I-72 I-74 whoCan lists exactly those whom the oracle allows', async () => {
    let found = 0
    await withHands(4, many(60), async () => {
      const tenant = random.pick(activeTenants())
      const permission = permissionFor(random, loaded.ledger, somebody(tenant), tenant)
      const names: string[] = []
      let page: string | undefined
      do {
        const body = { data: { tenant, permission, limit: 7, ...(page === undefined ? {} : { page }) } }
        const answer = await access.post('/whoCan', body, { bearer: ownerOf(tenant).token, address: address() })
        const { items, nextPage } = JSON.parse(answer.text).result
        names.push(...items.map((one: { principal: string }) => one.principal))
        page = nextPage
      } while (page !== undefined)
      const expected = everybody.filter((one) => oracle(loaded.ledger, plain(one, tenant, permission)) === 'allow')
      expect(names.sort(), `seed ${seed}: whoCan ${permission} at ${tenant}`).toEqual([...expected].sort())
      found += names.length
    })
    expect(found).toBeGreaterThan(100)
  }, 120_000)

  it('C-113 I-72 I-74 whatCan lists exactly what the oracle allows', async () => {
    let found = 0
    await withHands(4, many(60), async () => {
      const tenant = random.pick(activeTenants())
      const principal = somebody(tenant)
      const { token } = ownerOf(tenant)
      const body = { data: { tenant, principal: { [kindOf(principal)]: idOf(principal) } } }
      const answer = await access.post('/whatCan', body, { bearer: token, address: address() })
      const items: { permission: string; outcome: string }[] = JSON.parse(answer.text).result.items
      const allowed = items.filter(({ outcome }) => outcome === 'allowed').map(({ permission }) => permission)
      const own = [...loaded.ledger.tenants.values()].flatMap((record) => [...record.own.keys()])
      const names = [...head.permissionByName.keys(), ...new Set(own)]
      // The owner asks about themselves as the session that they are.
      const whose = ownerOf(tenant).principal === principal ? session(instantOf(ownerOf(tenant).signedInAt)) : undefined
      const expected = names.filter((name) => oracle(loaded.ledger, plain(principal, tenant, name), whose) === 'allow')
      expect(allowed.sort(), `seed ${seed}: whatCan ${principal} at ${tenant}`).toEqual(expected.sort())
      found += allowed.length
    })
    expect(found).toBeGreaterThan(1_000)
  }, 120_000)

  it('C-113 I-72 I-74 AuthZEN searches for subjects, resources and actions find exactly what the oracle allows', async () => {
    const results = { subject: 0, resource: 0, action: 0 }
    const search = async (asker: Asker, what: keyof typeof results, body: object): Promise<readonly string[]> => {
      const answer = await authz.post(`/access/v1/search/${what}`, body, { bearer: asker.secret, address: address() })
      const found: { id?: string; name?: string }[] = JSON.parse(answer.text).results
      expect(answer.status, answer.text).toBe(200)
      results[what] += found.length
      return found.map(({ id, name }) => id ?? name ?? '').sort()
    }
    await withHands(4, many(150), async () => {
      const asker = random.pick(loaded.askers)
      const tenant = random.pick(openTenants(asker))
      const context = { tenant }
      const page = { limit: 100 }
      const resource = random.pick(recordOf(loaded.ledger.tenants, tenant).resources)
      const { type, id } = resource
      const principal = somebody(tenant)
      const subject = { type: kindOf(principal), id: idOf(principal) }
      const names = namesOf(loaded, tenant, type)
      const may = (who: PrincipalRef, name: string, which = id): boolean =>
        oracle(loaded.ledger, { ...plain(who, tenant, name), resource: { type, id: which } }) === 'allow'
      const what = `seed ${seed}: at ${tenant}, ${principal}, ${type} ${id}`
      const actions = await search(asker, 'action', { subject, resource: { type, id }, context, page })
      expect(actions, what).toEqual(last(names.filter((name) => may(principal, name))))
      const [name = ''] = names.length === 0 ? [] : [random.pick(names)]
      const action = { name: name.slice(name.lastIndexOf('.') + 1) }
      const mine = recordOf(loaded.ledger.tenants, tenant).resources.filter((one) => one.type === type)
      const ids = [...new Set(mine.map((one) => one.id))].filter((each) => may(principal, name, each))
      const resources = await search(asker, 'resource', { subject, action, resource: { type }, context, page })
      expect(resources, `${what} ${name}`).toEqual(ids.sort())
      // A key shows nobody of the agency above: only those who stand at the tenant itself.
      const here = everybody.filter((one) => loaded.ledger.seen(tenant, one) !== undefined && kindOf(one) === 'user')
      const expected = here.filter((one) => may(one, name)).map((one) => idOf(one))
      const users = await search(asker, 'subject', {
        subject: { type: 'user' },
        action,
        resource: { type, id },
        context,
        page,
      })
      expect(users, `${what} ${name}`).toEqual(expected.sort())
    })
    expect(Math.min(...Object.values(results))).toBeGreaterThan(20)
  }, 120_000)

  it('was asked in full, and of every kind of answer', () => {
    const all = [...doors.values()]
    const total = all.reduce((sum, { asked }) => sum + asked, 0)
    const sum = (answer: ReferenceAnswer): number => all.reduce((count, tally) => count + tally[answer], 0)
    const told = [...doors].map(
      ([door, { asked, allow, deny, invisible }]) => `${door} ${asked} (${allow}/${deny}/${invisible})`,
    )
    console.log(
      `differential over HTTP, seed ${seed}: ${total} questions, 0 disagreements; allow/deny/invisible by door: ${told.join(', ')}`,
    )
    expect(total).toBeGreaterThanOrEqual(20_000)
    for (const answer of ['allow', 'deny', 'invisible'] as const) expect(sum(answer), answer).toBeGreaterThan(total / 8)
    expect(loaded.ledger.principals.size).toBeGreaterThan(60)
  })
})

/** The permissions that are actions of a type: the agency's own when it has that type, else the catalogue's. */
const namesOf = ({ ledger }: Loaded, tenant: string, type: string): readonly string[] => {
  const here = recordOf(ledger.tenants, tenant)
  const above = ledger.tenants.get(here.parent)
  const own = [...here.own.keys(), ...(above?.own.keys() ?? [])].filter((name) => name.startsWith(`own/${type}.`))
  const known = [...head.permissionByName.keys()].filter((name) => name.slice(0, name.lastIndexOf('.')) === type)
  return [...own, ...known]
}

const last = (names: readonly string[]): readonly string[] =>
  names.map((name) => name.slice(name.lastIndexOf('.') + 1)).sort()
