// Everybody of one agency who might try: people and keys, of much power and of little, so many that no bucket of one runs dry.
import type { World } from '../../support/world.ts'
import type { Estate } from './estate.ts'

/** Those of one class can do exactly the same. */
export type IntruderClass =
  | 'service'
  | 'ownerKey'
  | 'narrowKey'
  | 'accountKey'
  | 'owner'
  | 'chief'
  | 'admin'
  | 'stranger'

export interface Intruder {
  readonly kind: IntruderClass
  readonly bearer: string
  readonly address: string
}

export interface Intruders {
  readonly keys: ReadonlyMap<IntruderClass, readonly Intruder[]>
  /** Signed in this moment: some things take a fresh sign-in. */
  readonly people: () => Promise<ReadonlyMap<IntruderClass, readonly Intruder[]>>
}

/** All that a key can be given over directories and power. */
const scopes = [
  'iam/tenants.write',
  'iam/tenants.readonly',
  'iam/roles.write',
  'iam/roles.readonly',
  'iam/resources.write',
  'iam/access.readonly',
  'iam/credentials.verify',
  'contacts.readonly',
]
const services = 24
const chiefs = 6

export const intrudersOf = async (world: World, { owner, ids }: Estate): Promise<Intruders> => {
  let count = 0
  const intruder = (kind: IntruderClass, bearer: string): Intruder => ({
    kind,
    bearer,
    address: `10.1.${count >> 8}.${count++ & 255}`,
  })
  const keys: Intruder[] = []
  for (let index = 0; index < services; index++) {
    const { service } = await owner.must('members/createService', { tenant: ids.agency, name: `Intruder ${index}` })
    const grant = { tenant: ids.agency, principal: { service }, role: 'agency.admin', reach: 'subtree' }
    await owner.must('roles/assign', grant)
    const key = { tenant: ids.agency, name: `Intruder ${index}`, service, scopes }
    keys.push(intruder('service', (await owner.must('apiKeys/create', key)).secret))
  }
  const wide = { tenant: ids.agency, name: 'Wide', scopes }
  keys.push(intruder('ownerKey', (await owner.must('apiKeys/create', wide)).secret))
  const narrow = { ...wide, name: 'Narrow', accounts: [ids.account] }
  keys.push(intruder('narrowKey', (await owner.must('apiKeys/create', narrow)).secret))
  const admin = await world.person(ids.admin)
  const low = { tenant: ids.account, name: 'Low', scopes: scopes.filter((scope) => scope !== 'iam/tenants.write') }
  keys.push(intruder('accountKey', (await admin.must('apiKeys/create', low)).secret))
  const uids = Array.from({ length: chiefs }, (_, index) => `chief${index}`)
  for (const uid of uids) await world.join(owner, uid, { tenant: ids.agency, role: 'agency.owner', reach: 'subtree' })
  const known = [...uids.map((uid) => ['chief', uid] as const), ['owner', ids.owner], ['admin', ids.admin]] as const
  const people = async () => {
    const all = [...known, ['stranger', 'stranger'] as const]
    return byKind(await Promise.all(all.map(async ([kind, uid]) => intruder(kind, await world.idToken(uid)))))
  }
  return { keys: byKind(keys), people }
}

const byKind = (all: readonly Intruder[]): ReadonlyMap<IntruderClass, readonly Intruder[]> =>
  new Map(all.map(({ kind }) => [kind, all.filter((one) => one.kind === kind)]))
