// What a change costs does not grow with the agency: the same writes with one account and with ten thousand; `docs/reference/growth.md` is its print.
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FirestoreProxy, firestoreProxy } from '../support/firestore-proxy.ts'
import { list, map, moment, text } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'
import { plantMany } from './support/planting.ts'

const file = 'docs/reference/growth.md'
const update = process.env['UPDATE_REFERENCE'] !== undefined
const manyAccounts = 10_000
const manyMembers = 5_000

interface Cost {
  readonly reads: number
  readonly writes: number
}

interface Place {
  readonly agency: string
  readonly owner: Actor
  readonly account: string
  readonly team: string
  readonly member: string
}

describe('the cost of a change', () => {
  let world: World
  let proxy: FirestoreProxy
  let root: Actor
  let elsewhere: string
  const costs = { small: new Map<string, Cost>(), large: new Map<string, Cost>() }

  beforeAll(async () => {
    proxy = await firestoreProxy()
    world = await makeWorld({ storeOf: proxy.store })
    root = await world.platformOwner()
    elsewhere = await world.agency('Elsewhere', 'mover')
  }, 60_000)
  afterAll(async () => {
    await world.close()
    await proxy.close()
  })

  /** An agency with one account, and a team of one. */
  const found = async (name: string): Promise<Place> => {
    const agency = await world.agency(name, `${name}Owner`)
    const owner = await world.person(`${name}Owner`)
    await world.join(owner, 'mover', { tenant: agency, role: 'agency.owner', reach: 'subtree' })
    const { tenant } = await owner.must('tenants/create', { parent: agency, name: 'Shop' })
    const member = `${name}Member`
    await world.join(owner, member, { tenant: agency, role: 'agency.auditor', reach: 'node' })
    const { team } = await owner.must('teams/create', { tenant: agency, name: 'Everybody' })
    await owner.must('roles/assign', { tenant: agency, principal: { team }, role: 'agency.auditor', reach: 'node' })
    return { agency, owner, account: tenant, team, member }
  }

  /** Documents as the product writes them, thousands of them. */
  const grow = async ({ agency, team }: Place): Promise<void> => {
    const now = moment(world.app.clock())
    const accounts = Array.from({ length: manyAccounts }, (_, index) => `acc_${String(index).padStart(22, '0')}`)
    const people = Array.from({ length: manyMembers }, (_, index) => `planted${index}`)
    const node = { kind: text('account'), parentId: text(agency), placementId: text('planted'), status: text('active') }
    await plantMany(world.projectId, [
      ...accounts.flatMap((id) => [
        [
          `tenants/${id}`,
          { ...node, name: text('Planted'), accessId: text('planted'), owners: list(), createdAt: now },
        ] as const,
        [
          `tenants/${id}/policy/current`,
          { ...node, guardrail: map({ deniedPermissions: list() }), roles: map({}) },
        ] as const,
      ]),
      ...people.flatMap((uid) => {
        const shared = { status: text('active'), teams: list(text(team)) }
        return [
          [
            `tenants/${agency}/members/${uid}`,
            { ...shared, kind: text('user'), displayName: text(uid), joinedAt: now },
          ] as const,
          [
            `tenants/${agency}/grants/user:${uid}`,
            { ...shared, principal: text(`user:${uid}`), entries: map({}) },
          ] as const,
        ]
      }),
    ])
  }

  const measure = async (size: keyof typeof costs, place: Place): Promise<void> => {
    const { agency, owner, account, team, member } = place
    const at = { tenant: agency }
    const reason = 'measured'
    const measured = async (what: string, who: Actor, operation: string, input: object): Promise<Answer> => {
      proxy.reset()
      const answer = await who.must(operation, input)
      const { reads, writes } = proxy.counts()
      costs[size].set(`\`${operation}\` | ${what}`, { reads, writes })
      return answer
    }
    const grant = { ...at, role: 'account.viewer', reach: 'subtree' }
    const given = await measured('every account, to a person', owner, 'roles/assign', {
      ...grant,
      principal: { user: member },
    })
    await measured('every account, from a person', owner, 'roles/unassign', { ...at, assignment: given.assignment })
    const all = await measured('every account, to the team', owner, 'roles/assign', { ...grant, principal: { team } })
    await measured('every account, from the team', owner, 'roles/unassign', { ...at, assignment: all.assignment })
    const principal = { user: member }
    await measured('the team', owner, 'teams/addMember', { ...at, team, principal })
    await measured('the team', owner, 'teams/removeMember', { ...at, team, principal })
    const named = { ...at, name: 'Field', permissions: ['contacts.read'] }
    const { role } = await measured('of the agency', owner, 'roles/create', named)
    await owner.must('roles/assign', { ...grant, role, principal: { team } })
    const permissions = ['contacts.read', 'contacts.write']
    await measured('that the team holds', owner, 'roles/update', { ...at, role, permissions })
    const guardrail = { deniedPermissions: ['contacts.export'], reason }
    await measured('of the agency', owner, 'roles/setGuardrail', { ...at, ...guardrail })
    await measured('in the team', owner, 'members/suspend', { ...at, principal, reason })
    await measured('in the team', owner, 'members/restore', { ...at, principal, reason })
    await measured('the agency', root, 'tenants/suspend', { ...at, reason })
    await measured('the agency', root, 'tenants/resume', { ...at, reason })
    await measured('an account', owner, 'tenants/suspend', { tenant: account, reason })
    await measured('an account', owner, 'tenants/resume', { tenant: account, reason })
    await measured('one more account', owner, 'tenants/create', { parent: agency, name: 'New' })
    const mover = await world.person('mover')
    await measured('an account', mover, 'tenants/move', { tenant: account, to: elsewhere, reason })
    await measured('an account, back', mover, 'tenants/move', { tenant: account, to: agency, reason })
  }

  it(`DESIGN §10 is the same with one account and one member, and with ${manyAccounts} accounts and a team of ${manyMembers}`, async () => {
    const [small, large] = [await found('small'), await found('large')]
    await grow(large)
    const { items } = await large.owner.must('tenants/list', { parent: large.agency, limit: 100 })
    expect(items).toHaveLength(100) // they are there, as accounts of this agency
    const { items: members } = await large.owner.must('teams/listMembers', {
      tenant: large.agency,
      team: large.team,
      limit: 100,
    })
    expect(members).toHaveLength(100)
    await measure('small', small)
    await measure('large', large)
    expect(costs.large).toEqual(costs.small)
    const most = Math.max(...[...costs.large.values()].map(({ writes }) => writes))
    console.log(`growth: ${costs.large.size} changes, at most ${most} writes each, none of which grows`)
    expect(most).toBeLessThan(12)
    expect(costs.large.size).toBeGreaterThan(15)
  }, 180_000)

  it('is printed in docs/reference/growth.md', () => {
    const printed = page(costs)
    if (update) writeFileSync(file, printed)
    expect(readFileSync(file, 'utf8')).toBe(printed)
  })
})

const page = ({
  small,
  large,
}: {
  readonly small: ReadonlyMap<string, Cost>
  readonly large: ReadonlyMap<string, Cost>
}): string =>
  [
    '# Growth',
    '',
    `Firestore documents read and written by a change at an agency with one account and a team of one or none, and at one with ${manyAccounts} accounts and`,
    `a team of ${manyMembers}, counted by a proxy in front of the emulator in the test that prints this table`,
    '(`UPDATE_REFERENCE=1 npm test -- --only emulator` prints it anew). The audit event and the outbox event are in it. Nothing grows: power, roles, guardrails',
    'and statuses are stored once, where they were given, and are looked up from below.',
    '',
    '| operation | of what | reads, small | reads, large | writes, small | writes, large |',
    '| --- | --- | --: | --: | --: | --: |',
    ...[...small].map(([what, { reads, writes }]) => {
      const at = large.get(what)
      return `| ${what} | ${reads} | ${at?.reads} | ${writes} | ${at?.writes} |`
    }),
    '',
  ].join('\n')
