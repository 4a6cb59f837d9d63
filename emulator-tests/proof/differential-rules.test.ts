// Five thousand live reads under the real rules: whatever they allow the oracle allows, and one change shuts whom it concerns, at once.

import { referenceDecide } from '@latchkey/core/access/reference.fixture'
import { kindOf, type PrincipalRef } from '@latchkey/core/kernel/principal'
import { instantOf } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { liveCollections } from '../../functions/src/rooms/tenancy/enter-tenant.ts'
import { makeRulesWorld, type RulesWorld } from '../rules/rules-world.ts'
import { endpoints } from '../support/stack.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { factsOf, session } from './differential/book-facts.ts'
import { type Ledger, recordOf } from './differential/ledger.ts'
import { type Loaded, load } from './differential/load.ts'
import { teamRef, userRef } from './differential/loading.ts'
import { withHands } from './support/door.ts'
import { seeded, seedOfRun } from './support/random.ts'

const seed = seedOfRun()
const hands = 8
const collections = Object.entries(liveCollections)
type Collection = keyof typeof liveCollections

interface Person {
  readonly uid: string
  readonly principal: PrincipalRef
  readonly token: string
  readonly signedInAt: number
}

interface Opened {
  readonly person: Person
  readonly tenant: string
  readonly see: readonly string[]
}

describe('the rules', () => {
  const random = seeded(seed)
  const tally = { reads: 0, allowed: 0, denied: 0, entered: 0, refused: 0, shut: 0 }
  const writes = new Map<string, number>()
  let rules: RulesWorld
  let loaded: Loaded
  let people: readonly Person[]
  let tenants: readonly string[]

  beforeAll(async () => {
    rules = await makeRulesWorld()
    loaded = await load(rules.world, random)
    const uids = [...new Set(loaded.agencies.flatMap((one) => one.people))]
    people = await Promise.all(
      uids.map(async (uid) => {
        const token = await rules.world.idToken(uid)
        const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
        return { uid, principal: userRef(uid), token, signedInAt: Number(claims.auth_time) * 1000 }
      }),
    )
    tenants = [...loaded.ledger.tenants.keys()]
  }, 240_000)
  afterAll(() => rules.close())

  /** As a browser reads, but over REST, which is many times faster: the emulator judges it by the same rules. */
  const mayList = async ({ token }: Person, tenant: string, collection: string): Promise<boolean> => {
    const root = `http://${endpoints.firestore}/v1/projects/${rules.projectId}/databases/(default)/documents`
    const response = await fetch(`${root}/tenants/${tenant}:runQuery`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ structuredQuery: { from: [{ collectionId: collection }], limit: 10 } }),
    })
    const text = await response.text()
    tally.reads++
    if (response.status !== 200 && !/PERMISSION_DENIED/.test(text)) throw new Error(text)
    const allowed = response.status === 200 && !/PERMISSION_DENIED/.test(text)
    tally[allowed ? 'allowed' : 'denied']++
    return allowed
  }

  /** The same people, with their conditional power left out: live lists take none of it. */
  const oracle = (person: Person, tenant: string, permission: string): boolean => {
    const now = instantOf(Date.now())
    const facts = factsOf(loaded.ledger, person.principal, tenant, session(instantOf(person.signedInAt)))
    const grants = facts.subject.grants.map((one) => ({
      ...one,
      entries: one.entries.filter(({ condition }) => condition === undefined),
    }))
    const question = { permission, resource: {}, action: {}, request: { time: new Date(now) } }
    return referenceDecide(question, { ...facts, subject: { ...facts.subject, grants } }, now) === 'allow'
  }
  const expected = (person: Person, tenant: string): readonly string[] => {
    const { status, parent } = recordOf(loaded.ledger.tenants, tenant)
    const above = loaded.ledger.tenants.get(parent)
    if (status !== 'active' || (above !== undefined && above.status !== 'active')) return []
    return collections.filter(([, permission]) => oracle(person, tenant, permission)).map(([name]) => name)
  }

  /** Viewers that stand open, with what they show. */
  const open = new Map<string, Opened>()

  const enter = async (person: Person, tenant: string): Promise<readonly string[]> => {
    const answer = await rules.world.withToken(person.token).call('tenants/enter', { tenant })
    tally[answer.ok ? 'entered' : 'refused']++
    const see: readonly string[] = answer.ok ? answer.value.see : []
    if (see.length > 0) open.set(`${person.uid} ${tenant}`, { person, tenant, see })
    return see
  }

  const pairs = (): readonly (readonly [Person, string])[] =>
    people.flatMap((person) => tenants.map((tenant) => [person, tenant] as const))

  const because = (person: Person, tenant: string, what: string): string =>
    `seed ${seed}: ${person.uid} at ${tenant}: ${what}`

  it('P6 INV-11 let nobody list anything before they have entered', async () => {
    const some = pairs().filter(() => random.chance(0.1))
    await withHands(hands, some, async ([person, tenant]) => {
      expect(await mayList(person, tenant, 'members'), because(person, tenant, 'never entered')).toBe(false)
    })
    expect(some.length).toBeGreaterThan(20)
  }, 120_000)

  it('P6 INV-11 allow what `tenants/enter` says, which is exactly what the oracle allows without conditions', async () => {
    await withHands(hands, pairs(), async ([person, tenant]) => {
      const see = await enter(person, tenant)
      expect([...see].sort(), because(person, tenant, 'see')).toEqual([...expected(person, tenant)].sort())
      for (const [collection, permission] of collections) {
        const allowed = await mayList(person, tenant, collection)
        expect(allowed, because(person, tenant, collection)).toBe(see.includes(collection))
        if (!allowed || !random.chance(0.05)) continue
        const check = await rules.world.withToken(person.token).call('access/check', { tenant, permission })
        expect(check, because(person, tenant, `check ${permission}`)).toMatchObject({
          ok: true,
          value: { allowed: true },
        })
      }
    })
    expect(tally.allowed).toBeGreaterThan(100)
    expect(tally.denied).toBeGreaterThan(200)
  }, 300_000)

  interface Change {
    readonly name: string
    /** Makes it, enters it in the book, and answers whose viewers it must shut, and where (everywhere when no tenant is named). */
    readonly make: () => Promise<{ readonly who: readonly Person[]; readonly where: readonly string[] }>
  }

  const ownerAt = (tenant: string) => {
    const record = recordOf(loaded.ledger.tenants, tenant)
    const agency = loaded.agencies.find((one) => one.agency === record.id || one.agency === record.parent)
    if (agency === undefined) throw new Error(`nobody owns ${tenant}`)
    return agency
  }
  const busyTenant = (kind: 'agency' | 'account'): string =>
    random.pick(
      tenants.filter((id) => {
        const isOne = recordOf(loaded.ledger.tenants, id).kind === kind
        return isOne && people.filter((one) => expected(one, id).includes('members')).length > 2
      }),
    )
  const everywhere = () => tenants
  const hasOpen = (person: Person): boolean => [...open.values()].some((one) => one.person === person)
  const isOpenBelow = (tenant: string): boolean =>
    [...open.values()].some((one) => below(loaded.ledger, tenant).includes(one.tenant))
  const activeTenants = () => tenants.filter((id) => recordOf(loaded.ledger.tenants, id).status === 'active')

  const changes: readonly Change[] = [
    {
      name: 'roles/unassign',
      make: async () => {
        const held = activeTenants().flatMap((tenant) =>
          people
            .filter(hasOpen)
            .flatMap((person) =>
              (loaded.ledger.seen(tenant, person.principal)?.given ?? []).map((gone) => ({ tenant, person, gone })),
            ),
        )
        const { tenant, person, gone } = random.pick(held.filter(({ gone: { role } }) => !role.endsWith('.owner')))
        const standing = loaded.ledger.standingOf(tenant, person.principal)
        await ownerAt(tenant).owner.must('roles/unassign', { tenant, assignment: gone.assignment })
        standing.given = standing.given.filter((one) => one !== gone)
        return { who: [person], where: everywhere() }
      },
    },
    {
      name: 'members/suspend',
      make: async () => {
        // Somebody who sees something, of an account where they are a member and no owner: in a small world not every account has one.
        const [tenant, person] = random.pick(
          tenants
            .filter((id) => recordOf(loaded.ledger.tenants, id).kind === 'account')
            .flatMap((id) =>
              people.filter(hasOpen).flatMap((one) => {
                const standing = loaded.ledger.seen(id, one.principal)
                const fits = standing?.member === true && standing.status === 'active'
                return fits && !standing.given.some(({ role }) => role.endsWith('.owner')) ? [[id, one] as const] : []
              }),
            ),
        )
        const input = { tenant, principal: { user: person.uid }, reason: 'for the proof' }
        await ownerAt(tenant).owner.must('members/suspend', input)
        loaded.ledger.standingOf(tenant, person.principal).status = 'suspended'
        return { who: [person], where: everywhere() }
      },
    },
    {
      name: 'roles/update',
      make: async () => {
        const tenant = busyTenant('agency')
        const role = random.pick([...recordOf(loaded.ledger.tenants, tenant).roles.keys()])
        await ownerAt(tenant).owner.must('roles/update', { tenant, role, permissions: [] })
        const before = recordOf(loaded.ledger.tenants, tenant).roles.get(role)
        recordOf(loaded.ledger.tenants, tenant).roles.set(role, { permissions: [], includes: before?.includes ?? [] })
        return { who: people, where: below(loaded.ledger, tenant) }
      },
    },
    {
      name: 'roles/setGuardrail',
      make: async () => {
        const tenant = busyTenant('agency')
        const deniedPermissions = ['iam.members.list', 'iam.apiKeys.*']
        await ownerAt(tenant).owner.must('roles/setGuardrail', { tenant, deniedPermissions, reason: 'for the proof' })
        Object.assign(recordOf(loaded.ledger.tenants, tenant), {
          ...{ denied: deniedPermissions, maxKeyDays: undefined },
          ...{ keyKinds: undefined, keyScopes: undefined },
        })
        return { who: people, where: below(loaded.ledger, tenant) }
      },
    },
    {
      name: 'teams/removeMember',
      make: async () => {
        const inTeams = activeTenants().flatMap((tenant) =>
          people.filter(hasOpen).flatMap((one) => {
            const standing = loaded.ledger.seen(tenant, one.principal)
            const team = standing?.status === 'active' ? standing.teams[0] : undefined
            return team === undefined ? [] : [{ tenant, team, one }]
          }),
        )
        const { tenant, team, one } = random.pick(inTeams)
        const input = { tenant, team, principal: { user: one.uid } }
        await ownerAt(tenant).owner.must('teams/removeMember', input)
        const standing = loaded.ledger.standingOf(tenant, one.principal)
        standing.teams = standing.teams.filter((id) => id !== team)
        return { who: [one], where: everywhere() }
      },
    },
    {
      name: 'roles/unassign of a team',
      make: async () => {
        const given = [...loaded.ledger.principals]
          .filter((one) => kindOf(one) === 'team')
          .flatMap((one) =>
            activeTenants().flatMap((tenant) =>
              (loaded.ledger.seen(tenant, one)?.given ?? []).map((what) => ({ tenant, one, what })),
            ),
          )
          .filter(({ tenant }) => isOpenBelow(tenant))
        const { tenant, one, what } = random.pick(given)
        await ownerAt(tenant).owner.must('roles/unassign', { tenant, assignment: what.assignment })
        const standing = loaded.ledger.standingOf(tenant, teamRef(one.slice('team:'.length)))
        standing.given = standing.given.filter((each) => each !== what)
        return { who: people, where: below(loaded.ledger, tenant) }
      },
    },
    {
      name: 'tenants/suspend',
      make: async () => {
        const tenant = busyTenant('account')
        await ownerAt(tenant).owner.must('tenants/suspend', { tenant, reason: 'for the proof' })
        recordOf(loaded.ledger.tenants, tenant).status = 'suspended'
        return { who: people, where: [tenant] }
      },
    },
    {
      name: 'tenants/move',
      make: async () => {
        const [aster, birch] = loaded.agencies
        const tenant = random.pick(
          (aster?.accounts ?? []).filter((id) => activeTenants().includes(id) && ownerAt(id) === aster),
        )
        const mover = await rules.world.person(aster?.ownerUid ?? '')
        await mover.must('tenants/move', { tenant, to: birch?.agency, reason: 'for the proof' })
        const placement = loaded.ledger.newPlacement()
        Object.assign(recordOf(loaded.ledger.tenants, tenant), { parent: birch?.agency, placement })
        return { who: people, where: [tenant] }
      },
    },
  ]

  it.each(changes.map((change) => [change.name, change] as const))(
    'P2 T-05 %s shuts every viewer that it concerns, at once, by the writes of the change alone',
    async (name, { make }) => {
      const before = await storedDocuments(rules.projectId)
      const { who, where } = await make()
      const after = await storedDocuments(rules.projectId)
      const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
        (path) => JSON.stringify(before.get(path)) !== JSON.stringify(after.get(path)),
      )
      writes.set(name, changed.length)
      const [shut, kept] = [[...open], [...open]].map((all, index) =>
        all.filter(([, { person, tenant }]) => (who.includes(person) && where.includes(tenant)) === (index === 0)),
      ) as [[string, Opened][], [string, Opened][]] // two lists of two lists
      await withHands(hands, shut, async ([key, { person, tenant, see }]) => {
        for (const collection of see) {
          expect(await mayList(person, tenant, collection), because(person, tenant, `still open after ${name}`)).toBe(
            false,
          )
        }
        open.delete(key)
        tally.shut++
      })
      expect(shut.length, `${name} concerned nobody`).toBeGreaterThan(0)
      await withHands(hands, kept.slice(0, 20), async ([, { person, tenant, see }]) => {
        expect(await mayList(person, tenant, see[0] ?? ''), because(person, tenant, `shut by ${name}`)).toBe(true)
      })
      // Whoever comes back finds what is left, and everybody else has lost nothing.
      const others = pairs().filter(() => random.chance(70 / (people.length * tenants.length)))
      await withHands(
        hands,
        [...shut.map(([, { person, tenant }]) => [person, tenant] as const), ...others],
        async ([person, tenant]) => {
          const see = await enter(person, tenant)
          expect([...see].sort(), because(person, tenant, `see after ${name}`)).toEqual(
            [...expected(person, tenant)].sort(),
          )
          for (const [collection] of collections) {
            const allowed = await mayList(person, tenant, collection as Collection)
            expect(allowed, because(person, tenant, `${collection} after ${name}`)).toBe(see.includes(collection))
          }
        },
      )
    },
    120_000,
  )

  it('was read in full', () => {
    const told = [...writes].map(([name, count]) => `${name} ${count}`).join(', ')
    console.log(
      `differential under rules, seed ${seed}: ${tally.reads} reads (${tally.allowed} allowed, ${tally.denied} denied), ${tally.entered} entered, ` +
        `${tally.refused} refused, ${tally.shut} viewers seen shut; documents changed, audit and outbox included: ${told}`,
    )
    expect(tally.reads).toBeGreaterThanOrEqual(5_000)
    expect(tally.allowed).toBeGreaterThan(300)
    expect(tally.shut).toBeGreaterThan(20)
    expect(Math.max(...writes.values())).toBeLessThan(8)
  })
})

/** The tenant and everything under it. */
const below = ({ tenants }: Ledger, tenant: string): readonly string[] =>
  [...tenants.values()].filter(({ id, parent }) => id === tenant || parent === tenant).map(({ id }) => id)
