// A generated world, made by the product's own operations; whatever went through is entered in the book.
import type { Reach } from '@latchkey/core/access/facts'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import type { Actor, World } from '../../support/world.ts'
import type { Random } from '../support/random.ts'
import { conditions } from './conditions.ts'
import { head, type KeyRecord, type Ledger, newLedger, recordOf, type TenantRecord } from './ledger.ts'

export interface LoadedAgency {
  readonly agency: string
  readonly accounts: readonly string[]
  readonly owner: Actor
  readonly ownerUid: string
  readonly people: string[]
  readonly services: { readonly service: string; readonly home: string }[]
  readonly teams: { readonly team: string; readonly home: string }[]
}

/** A service account that may ask about everybody of its agency, and its key. */
export interface Asker {
  readonly agency: string
  readonly secret: string
}

export interface Loaded {
  readonly ledger: Ledger
  readonly askers: readonly Asker[]
  readonly agencies: readonly LoadedAgency[]
  readonly keys: readonly KeyRecord[]
  readonly refused: ReadonlyMap<string, number>
}

export const userRef = (uid: string): PrincipalRef => `user:${uid}` as PrincipalRef // as the product writes it
export const serviceRef = (id: string): PrincipalRef => `service:${id}` as PrincipalRef
export const teamRef = (id: string): PrincipalRef => `team:${id}` as PrincipalRef

const day = 86_400_000
const builtIn = {
  agency: ['agency.admin', 'agency.support', 'agency.auditor', 'agency.verifier'],
  account: ['account.admin', 'account.user', 'account.salesRep', 'account.billing', 'account.viewer'],
} as const
const named = (principal: PrincipalRef): object => {
  const [kind = '', id = ''] = principal.split(':')
  return { [kind]: id }
}

interface Loading {
  readonly world: World
  readonly random: Random
  readonly ledger: Ledger
  /** What it is when the questions are asked; the world is loaded a month before. */
  readonly present: number
  readonly refused: Map<string, number>
}

/** Enters what went through; what was refused is only counted. */
const tried = async (
  loading: Loading,
  who: Actor,
  operation: string,
  input: object,
): Promise<Record<string, never> | undefined> => {
  const answer = await who.call(operation, input)
  if (answer.ok) return answer.value
  const name = `${operation} ${answer.error.code}`
  loading.refused.set(name, (loading.refused.get(name) ?? 0) + 1)
  return undefined
}

const record = (loading: Loading, id: string, kind: 'agency' | 'account', parent: string): void => {
  const placement = loading.ledger.newPlacement()
  const fresh = { id, kind, parent, placement, status: 'active', denied: [], maxKeyDays: undefined } as const
  loading.ledger.tenants.set(id, { ...fresh, roles: new Map(), own: new Map(), resources: [] })
}

const join = async (
  loading: Loading,
  agency: LoadedAgency,
  uid: string,
  offer: { tenant: string; role: string; reach: Reach },
) => {
  await loading.world.join(agency.owner, uid, offer)
  const { items } = await agency.owner.must('roles/listAssignments', { tenant: offer.tenant, principal: { user: uid } })
  enter(loading, { ...offer, principal: userRef(uid), assignment: items.at(-1).assignment, isMember: true })
  agency.people.push(uid)
}

interface Entering {
  readonly tenant: string
  readonly principal: PrincipalRef
  readonly assignment: string
  readonly role: string
  readonly reach: Reach
  readonly accounts?: readonly string[]
  readonly condition?: (typeof conditions)[number] | undefined
  readonly until?: number | undefined
  /** By an invitation one becomes a member, whatever one was before. */
  readonly isMember?: boolean
}

const enter = ({ ledger }: Loading, entering: Entering): void => {
  const { tenant, principal, assignment, role, reach, accounts = [], condition, until, isMember = false } = entering
  const here = recordOf(ledger.tenants, tenant)
  const standing = ledger.standingOf(tenant, principal)
  if (isMember) standing.member = true
  const isTeam = principal.startsWith('team:')
  const roleFromAbove = role.startsWith('rol_') && here.kind === 'account' && !here.roles.has(role)
  const ofTheAgency = !isTeam && !standing.member
  standing.status = 'active'
  standing.given = [
    ...standing.given,
    {
      assignment,
      role,
      reach,
      accounts,
      condition,
      until,
      placement: roleFromAbove || ofTheAgency ? here.placement : undefined,
      borrowed: ofTheAgency,
      placements: new Map(accounts.map((id) => [id, recordOf(ledger.tenants, id).placement])),
    },
  ]
  ledger.principals.add(principal)
}

const found = async (loading: Loading, name: string): Promise<LoadedAgency> => {
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

const types = { record: ['read', 'write', 'share'], invoice: ['approve', 'see'] } as const

/** In another order for each agency, so that the same number means different things. */
const registerTypes = async (
  { ledger }: Loading,
  { agency, owner }: LoadedAgency,
  names: readonly (keyof typeof types)[],
) => {
  for (const type of names) {
    const levels = type === 'invoice' ? (['account'] as const) : (['agency', 'account'] as const)
    const actions = types[type].map((action) => ({ name: action }))
    await owner.must('resources/registerType', { tenant: agency, type, title: type, actions, levels })
    ledger.register(agency, type, types[type], levels)
  }
}

const registerResources = async ({ ledger, random }: Loading, one: LoadedAgency) => {
  for (const tenant of [one.agency, ...one.accounts]) {
    for (let index = 0; index < 5; index++) {
      const resource = {
        type: random.pick(['record', 'record', 'invoice', 'contacts']),
        id: `r${index}`,
        ownerId: random.chance(0.6) ? random.pick(one.people) : undefined,
        properties: random.chance(0.5)
          ? { stage: random.pick(['won', 'lost', 'open']) }
          : ({} as Record<string, string>),
      }
      const { ownerId, ...others } = resource
      await one.owner.must('resources/put', { tenant, ...others, ...(ownerId === undefined ? {} : { ownerId }) })
      recordOf(ledger.tenants, tenant).resources.push(resource)
    }
  }
}

const catalogueNames = [...head.permissionByName.keys()]
const atLevel = (level: string): readonly string[] =>
  catalogueNames.filter((name) => head.permissionByName.get(name)?.levels.includes(level as 'agency')) // a level's name

/** Own permissions are in every role that is made before its account moves. */
const makeRoles = async (loading: Loading, one: LoadedAgency, tenant: string, many: number) => {
  const { ledger, random } = loading
  const here = recordOf(ledger.tenants, tenant)
  const own = [...recordOf(ledger.tenants, one.agency).own.keys()]
  for (let index = 0; index < many; index++) {
    const permissions = [...random.some(own, 3), ...random.some(atLevel('account'), 25)]
    const includes = [
      ...random.some(here.kind === 'agency' ? ['agency.auditor', 'account.viewer'] : ['account.viewer'], 1),
      ...random.some([...here.roles.keys()], 2),
    ]
    const input = { tenant, name: `Role ${here.roles.size}`, permissions, includes }
    const answer = await tried(loading, one.owner, 'roles/create', input)
    if (answer === undefined) continue
    const numbers = permissions.map((name) => ledger.numberOf(tenant, name))
    here.roles.set(String(answer['role']), { permissions: numbers, includes })
  }
}

const editRole = async (loading: Loading, one: LoadedAgency, tenant: string) => {
  const { ledger, random } = loading
  const here = recordOf(ledger.tenants, tenant)
  const role = random.pick([...here.roles.keys()])
  const permissions = random.some(atLevel('account'), 12)
  if ((await tried(loading, one.owner, 'roles/update', { tenant, role, permissions })) === undefined) return
  const numbers = permissions.map((name) => ledger.numberOf(tenant, name))
  here.roles.set(role, { permissions: numbers, includes: here.roles.get(role)?.includes ?? [] })
}

const rolesFor = (here: TenantRecord, agency: TenantRecord): readonly string[] =>
  here.kind === 'agency'
    ? [...builtIn.agency, ...builtIn.account, ...here.roles.keys(), ...here.roles.keys()]
    : [...builtIn.account, ...here.roles.keys(), ...here.roles.keys(), ...agency.roles.keys()]

/** Any role to anybody who may have one here, over any reach, with any condition and any end. */
const assign = async (loading: Loading, one: LoadedAgency, tenant: string, principal: PrincipalRef) => {
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

const assignMany = async (loading: Loading, one: LoadedAgency, rounds: number) => {
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

const fillTeams = async (loading: Loading, one: LoadedAgency) => {
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

const describePeople = async (loading: Loading, one: LoadedAgency) => {
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
const stopPeople = async (loading: Loading, one: LoadedAgency) => {
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

const guard = async (loading: Loading, one: LoadedAgency, tenant: string, maxKeyDays?: number) => {
  const { ledger, random } = loading
  const resource = (name: string): string => name.slice(0, name.lastIndexOf('.'))
  const content = atLevel('account').filter((name) => !name.startsWith('iam.'))
  const denied = [
    ...random.some(content, 20),
    ...random.some(content, 4).map((name) => `${resource(name)}.*`),
    'own/record.write',
  ]
  const ceiling = maxKeyDays === undefined ? {} : { maxKeyLifetimeDays: maxKeyDays }
  const input = { tenant, deniedPermissions: [...new Set(denied)], ...ceiling, reason: 'for the proof' }
  if ((await tried(loading, one.owner, 'roles/setGuardrail', input)) === undefined) return
  Object.assign(recordOf(ledger.tenants, tenant), { denied: input.deniedPermissions, maxKeyDays })
}

const scopeNames = [...head.scopeByName.keys()]

/** Keys of service accounts, of any scopes; the owner, who makes them, holds all of it. */
const makeKeys = async (loading: Loading, one: LoadedAgency): Promise<readonly KeyRecord[]> => {
  const { ledger, random, world } = loading
  const made: KeyRecord[] = []
  const own = [...recordOf(ledger.tenants, one.agency).own.keys()]
  for (const { service, home } of [...one.services, ...one.services]) {
    const scopes = [...random.some(scopeNames, 12), ...random.some(own, 2), 'iam/credentials.verify']
    const accounts = home === one.agency && random.chance(0.4) ? random.some(one.accounts, 3) : []
    const narrowed = accounts.length === 0 ? {} : { accounts }
    const createdAt = world.app.clock()
    const answer = await tried(loading, one.owner, 'apiKeys/create', {
      tenant: home,
      name: 'K',
      scopes,
      service,
      ...narrowed,
    })
    if (answer === undefined) continue
    const placements = accounts.map((id) => [id, recordOf(ledger.tenants, id).placement] as const)
    const numbers = scopes
      .filter((scope) => own.includes(scope))
      .map((scope) => [scope, ledger.numberOf(home, scope)] as const)
    made.push({
      own: new Map(numbers),
      secret: String(answer['secret']),
      principal: serviceRef(service),
      tenant: home,
      scopes,
      accounts: accounts.length === 0 ? undefined : new Map(placements),
      createdAt,
      notAfter: createdAt + 90 * day,
    })
  }
  return made
}

/** One account of each agency changes hands; whoever does it owns both. */
const move = async (loading: Loading, from: LoadedAgency, to: LoadedAgency, account: string) => {
  const { world, ledger } = loading
  if (ledger.seen(to.agency, userRef(from.ownerUid)) === undefined) {
    await join(loading, to, from.ownerUid, { tenant: to.agency, role: 'agency.owner', reach: 'subtree' })
  }
  const mover = await world.person(from.ownerUid)
  await mover.must('tenants/move', { tenant: account, to: to.agency, reason: 'for the proof' })
  Object.assign(recordOf(ledger.tenants, account), { parent: to.agency, placement: ledger.newPlacement() })
}

/** After the move, by the new agency, for its own people: what counts at the new place. */
const settle = async (loading: Loading, one: LoadedAgency, account: string) => {
  for (let index = 0; index < 12; index++) {
    await assign(loading, one, account, userRef(loading.random.pick(one.people)))
  }
}

const askersPerAgency = 10

/** Before any guardrail: what it denies is nobody's to give. */
const hireAskers = async (loading: Loading, { agency, owner }: LoadedAgency): Promise<readonly string[]> => {
  const hired: string[] = []
  for (let index = 0; index < askersPerAgency; index++) {
    const { service } = await owner.must('members/createService', { tenant: agency, name: `Asker ${index}` })
    loading.ledger.standingOf(agency, serviceRef(service)).member = true
    const grant = { tenant: agency, role: 'agency.admin', reach: 'subtree' } as const
    const { assignment } = await owner.must('roles/assign', { ...grant, principal: { service } })
    enter(loading, { ...grant, principal: serviceRef(service), assignment })
    hired.push(service)
  }
  return hired
}

/** In the present: a ceiling on the lives of keys is not to end these. */
const equip = async ({ agency, owner }: LoadedAgency, services: readonly string[]) => {
  const scopes = ['iam/access.readonly', 'iam/credentials.verify']
  const made: Asker[] = []
  for (const service of services) {
    const { secret } = await owner.must('apiKeys/create', { tenant: agency, name: 'Asks', service, scopes })
    made.push({ agency, secret })
  }
  return made
}

/** A month ago, all but those who ask: what was to end meanwhile has ended. */
export const load = async (world: World, random: Random): Promise<Loaded> => {
  const present = world.app.clock()
  world.advance(-30 * day)
  const loading: Loading = { world, random, present, ledger: newLedger(), refused: new Map() }
  const [aster, birch] = [await found(loading, 'aster'), await found(loading, 'birch')]
  await registerTypes(loading, aster, ['record', 'invoice'])
  await registerTypes(loading, birch, ['invoice', 'record'])
  for (const one of [aster, birch]) {
    await registerResources(loading, one)
    await makeRoles(loading, one, one.agency, 5)
    for (const account of one.accounts) await makeRoles(loading, one, account, 2)
    await assignMany(loading, one, 2)
    await fillTeams(loading, one)
    await describePeople(loading, one)
    await editRole(loading, one, one.agency)
  }
  const hired = [await hireAskers(loading, aster), await hireAskers(loading, birch)]
  const keys = [...(await makeKeys(loading, aster)), ...(await makeKeys(loading, birch))]
  await aster.owner.must('resources/registerType', {
    tenant: aster.agency,
    type: 'record',
    title: 'record',
    actions: [{ name: 'read' }, { name: 'write' }],
  })
  loading.ledger.register(aster.agency, 'record', ['read', 'write'], ['agency', 'account'])
  const moved = aster.accounts[3] ?? ''
  await move(loading, aster, birch, moved)
  await settle(loading, birch, moved)
  for (const one of [aster, birch]) {
    await stopPeople(loading, one)
    await guard(loading, one, one.agency)
    await guard(loading, one, one.accounts[1] ?? '', 20)
  }
  await birch.owner.must('tenants/suspend', { tenant: birch.accounts[2], reason: 'for the proof' })
  recordOf(loading.ledger.tenants, birch.accounts[2] ?? '').status = 'suspended'
  world.advance(30 * day)
  const askers = [...(await equip(aster, hired[0] ?? [])), ...(await equip(birch, hired[1] ?? []))]
  return { ledger: loading.ledger, agencies: [aster, birch], keys, askers, refused: loading.refused }
}
