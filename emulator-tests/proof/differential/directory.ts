// The people of a generated agency: its tenants and members, who is given which role, who is in which team, who is stopped.
import type { Reach } from '@latchkey/core/access/facts'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import { conditions } from './conditions.ts'
import { recordOf, type TenantRecord } from './ledger.ts'
import {
  builtIn,
  day,
  enter,
  join,
  type LoadedAgency,
  type Loading,
  named,
  record,
  serviceRef,
  teamRef,
  tried,
  userRef,
} from './loading.ts'

export const found = async (loading: Loading, name: string): Promise<LoadedAgency> => {
  const { world, random, ledger } = loading
  const ownerUid = `${name}Owner`
  const agency = await world.agency(`${name} agency`, ownerUid)
  const owner = await world.person(ownerUid)
  record(loading, agency, 'agency', 'platform')
  const accounts: string[] = []
  for (let index = 0; index < 4; index++) {
    const { tenant } = await owner.must('tenants/create', { parent: agency, name: `${name} account ${index}` })
    record(loading, tenant, 'account', agency)
    accounts.push(tenant)
  }
  const made: LoadedAgency = { agency, accounts, owner, ownerUid, people: [ownerUid], services: [], teams: [] }
  const { items } = await owner.must('roles/listAssignments', { tenant: agency, principal: { user: ownerUid } })
  const own = { role: 'agency.owner', reach: 'subtree', isMember: true } as const
  enter(loading, { ...own, tenant: agency, principal: userRef(ownerUid), assignment: items[0].assignment })
  for (let index = 0; index < 8; index++) {
    await join(loading, made, `${name}${index}`, { tenant: agency, role: random.pick(builtIn.agency), reach: 'node' })
  }
  for (const [place, account] of accounts.entries()) {
    for (let index = 0; index < 3; index++) {
      const role = index === 0 ? 'account.owner' : random.pick(builtIn.account)
      await join(loading, made, `${name}${place}at${index}`, { tenant: account, role, reach: 'subtree' })
    }
  }
  for (const home of [agency, agency, agency, ...accounts]) {
    const { service } = await owner.must('members/createService', { tenant: home, name: 'Robot' })
    ledger.standingOf(home, serviceRef(service)).member = true
    ledger.principals.add(serviceRef(service))
    made.services.push({ service, home })
  }
  for (const home of [agency, agency, ...accounts.slice(0, 3)]) {
    const { team } = await owner.must('teams/create', { tenant: home, name: `Team ${made.teams.length}` })
    ledger.standingOf(home, teamRef(team)).member = true
    made.teams.push({ team, home })
  }
  return made
}

const rolesFor = (here: TenantRecord, agency: TenantRecord): readonly string[] =>
  here.kind === 'agency'
    ? [...builtIn.agency, ...builtIn.account, ...here.roles.keys(), ...here.roles.keys()]
    : [...builtIn.account, ...here.roles.keys(), ...here.roles.keys(), ...agency.roles.keys()]

/** Any role to anybody who may have one here, over any reach, with any condition and any end. */
export const assign = async (loading: Loading, one: LoadedAgency, tenant: string, principal: PrincipalRef) => {
  const { ledger, random, present } = loading
  const here = recordOf(ledger.tenants, tenant)
  const role = random.pick(rolesFor(here, recordOf(ledger.tenants, one.agency)))
  const reaches: readonly Reach[] =
    here.kind === 'agency' ? ['node', 'subtree', 'listed', 'listed'] : ['node', 'subtree']
  const reach = random.pick(reaches)
  const accounts = reach === 'listed' ? random.some(one.accounts, 3) : []
  const condition = random.chance(0.4) ? random.pick(conditions) : undefined
  const until = random.chance(0.3) ? present + (random.chance(0.5) ? -day : day) : undefined
  const answer = await tried(loading, one.owner, 'roles/assign', {
    tenant,
    principal: named(principal),
    role,
    reach,
    ...(accounts.length === 0 ? {} : { accounts }),
    ...(condition === undefined ? {} : { condition: condition.source }),
    ...(until === undefined ? {} : { expiresAt: new Date(until).toISOString() }),
  })
  if (answer === undefined) return
  enter(loading, {
    tenant,
    principal,
    assignment: String(answer['assignment']),
    role,
    reach,
    accounts,
    condition,
    until,
  })
}

export const assignMany = async (loading: Loading, one: LoadedAgency, rounds: number) => {
  const { random } = loading
  const everybody = [
    ...one.people.map(userRef),
    ...one.services.map(({ service }) => serviceRef(service)),
    ...one.teams.map(({ team }) => teamRef(team)),
  ]
  for (let round = 0; round < rounds; round++) {
    for (const principal of everybody) {
      const home = [...one.services, ...one.teams].find((known) =>
        principal.endsWith(Object.values(known)[0] ?? ''),
      )?.home
      const tenant = home !== undefined && random.chance(0.6) ? home : random.pick([one.agency, ...one.accounts])
      await assign(loading, one, tenant, principal)
    }
  }
}

export const fillTeams = async (loading: Loading, one: LoadedAgency) => {
  const { ledger, random } = loading
  for (const { team, home } of one.teams) {
    const members = [...one.people.map(userRef), ...one.services.map(({ service }) => serviceRef(service))].filter(
      (principal) => ledger.seen(home, principal)?.member === true,
    )
    for (const principal of random.some(members, 5)) {
      const input = { tenant: home, team, principal: named(principal) }
      if ((await tried(loading, one.owner, 'teams/addMember', input)) === undefined) continue
      const standing = ledger.standingOf(home, principal)
      standing.teams = [...standing.teams, team]
    }
  }
}

export const describePeople = async (loading: Loading, one: LoadedAgency) => {
  const { ledger, random } = loading
  for (const uid of one.people.filter((each) => each !== one.ownerUid)) {
    for (const tenant of [one.agency, ...one.accounts].filter((id) => ledger.seen(id, userRef(uid))?.member === true)) {
      if (random.chance(0.4)) continue
      const attributes = { department: random.pick(['sales', 'support', 'field']) }
      const input = { tenant, principal: { user: uid }, attributes }
      if ((await tried(loading, one.owner, 'members/update', input)) !== undefined) {
        ledger.standingOf(tenant, userRef(uid)).attributes = attributes
      }
    }
  }
}

/** Suspends some and removes some: at the agency, at an account. */
export const stopPeople = async (loading: Loading, one: LoadedAgency) => {
  const { ledger, random } = loading
  const reason = 'for the proof'
  const places = [one.agency, one.agency, one.accounts[0], one.accounts[1], one.accounts[3]]
  for (const [index, tenant = ''] of places.entries()) {
    const candidates = one.people.filter((uid) => {
      const standing = ledger.seen(tenant, userRef(uid))
      return !uid.endsWith('Owner') && standing?.member === true && standing.status === 'active'
    })
    const user = random.pick(candidates)
    const standing = ledger.standingOf(tenant, userRef(user))
    if (index % 2 === 0) {
      const input = { tenant, principal: { user }, reason }
      if ((await tried(loading, one.owner, 'members/suspend', input)) !== undefined) standing.status = 'suspended'
    } else if ((await tried(loading, one.owner, 'members/remove', { tenant, user })) !== undefined) {
      Object.assign(standing, { status: 'removed', teams: [], given: [], member: false, attributes: {} })
    }
  }
}
