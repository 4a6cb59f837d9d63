// A generated world, made by the product's own operations; whatever went through is entered in the book.
import type { World } from '../../support/world.ts'
import type { Random } from '../support/random.ts'
import { assign, assignMany, describePeople, fillTeams, found, stopPeople } from './directory.ts'
import { type KeyRecord, type Ledger, newLedger, recordOf } from './ledger.ts'
import { day, enter, join, type LoadedAgency, type Loading, serviceRef, userRef } from './loading.ts'
import {
  askingScopes,
  editRole,
  guard,
  makeKeys,
  makeRoles,
  registerResources,
  registerTypes,
  someScopes,
} from './shapes.ts'

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
  const scopes = askingScopes
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
    await guard(loading, one, one.agency, { keyScopes: someScopes(loading, one) })
    await guard(loading, one, one.accounts[1] ?? '', { maxKeyDays: 20 })
    await guard(loading, one, one.accounts[0] ?? '', { keyScopes: someScopes(loading, one) })
    await guard(loading, one, one.accounts[2] ?? '', { keyKinds: ['personal'] })
  }
  await birch.owner.must('tenants/suspend', { tenant: birch.accounts[2], reason: 'for the proof' })
  recordOf(loading.ledger.tenants, birch.accounts[2] ?? '').status = 'suspended'
  world.advance(30 * day)
  const askers = [...(await equip(aster, hired[0] ?? [])), ...(await equip(birch, hired[1] ?? []))]
  return { ledger: loading.ledger, agencies: [aster, birch], keys, askers, refused: loading.refused }
}
