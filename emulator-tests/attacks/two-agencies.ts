// The ground that most attacks are fought on: two agencies with the same things in each, which must never touch.
import { type Actor, type Answer, makeWorld, type World, type WorldOptions } from '../support/world.ts'

export interface Agency {
  readonly agency: string
  readonly owner: Actor
  readonly ownerUid: string
  readonly account: string
  /** An account.admin of that account, and nothing else. */
  readonly accountAdmin: Actor
  readonly accountAdminUid: string
  readonly service: string
  /** An assignment at the account. */
  readonly assignment: string
  readonly key: { readonly id: string; readonly secret: string }
}

export interface TwoAgencies {
  readonly world: World
  readonly north: Agency
  readonly south: Agency
}

const found = async (world: World, name: string, prefix: string): Promise<Agency> => {
  const ownerUid = `${prefix}owner`
  const accountAdminUid = `${prefix}admin`
  const agency = await world.agency(name, ownerUid)
  const owner = await world.person(ownerUid)
  const { tenant: account } = await owner.must('tenants/create', { parent: agency, name: `${name} Shop` })
  await world.join(owner, accountAdminUid, { tenant: account, role: 'account.admin', reach: 'subtree' })
  const accountAdmin = await world.person(accountAdminUid)
  const { service } = await owner.must('members/createService', { tenant: agency, name: 'Sync' })
  const { items } = await owner.must('roles/listAssignments', { tenant: account })
  const created = await newKey(owner, agency)
  return {
    agency,
    owner,
    ownerUid,
    account,
    accountAdmin,
    accountAdminUid,
    service,
    assignment: items[0].assignment,
    key: { id: created.key.key, secret: created.secret },
  }
}

export const verifierScopes = ['contacts.readonly', 'iam/credentials.verify', 'iam/tenants.readonly']

export const newKey = (maker: Actor, tenant: string, more: object = {}): Promise<Answer> =>
  maker.must('apiKeys/create', { tenant, name: 'Shop key', scopes: verifierScopes, ...more })

export const twoAgencies = async (options: WorldOptions = {}): Promise<TwoAgencies> => {
  const world = await makeWorld(options)
  const north = await found(world, 'Northwind', 'n')
  const south = await found(world, 'Southridge', 's')
  return { world, north, south }
}

/** A well-formed id that never existed. */
export const neverWas = (id: string): string => `${id.slice(0, id.indexOf('_') + 1)}${'0'.repeat(21)}7`
