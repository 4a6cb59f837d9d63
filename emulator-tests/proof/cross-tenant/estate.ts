// An agency with one of everything that has an id, all of it named so that any text of it would be found in any answer.
import { parseSecret } from '@latchkey/core/credentials/secret-format'
import { prefixes } from '@latchkey/core/kernel/ids'
import { moment, plant, text } from '../../support/stored-documents.ts'
import { type Actor, mailOf, type World } from '../../support/world.ts'

/** One id of each kind that a call can name. */
export interface Ids {
  readonly agency: string
  readonly account: string
  readonly second: string
  readonly owner: string
  readonly admin: string
  readonly member: string
  readonly service: string
  readonly robot: string
  readonly team: string
  readonly role: string
  readonly assignment: string
  readonly accountAssignment: string
  readonly key: string
  readonly keySecret: string
  /** The id inside that secret. */
  readonly credential: string
  readonly invitation: string
  readonly invitationSecret: string
  readonly resource: string
  readonly operation: string
  readonly webhook: string
  readonly delivery: string
  readonly event: string
}
export type Kind = keyof Ids

export interface Estate {
  readonly ids: Ids
  readonly owner: Actor
  /** In every name, mailbox, description, attribute and resource id of this agency, and nowhere else. */
  readonly canary: string
}

export const resourceType = 'record'

export const foundEstate = async (world: World, canary: string): Promise<Estate> => {
  const named = (what: string): string => `${canary} ${what}`
  const uid = (what: string): string => `${canary}${what}`
  const agency = await world.agency(named('Agency'), uid('Owner'))
  const owner = await world.person(uid('Owner'))
  const at = { tenant: agency }
  const open = async (name: string): Promise<string> =>
    (await owner.must('tenants/create', { parent: agency, name: named(name) })).tenant
  const [account, second] = [await open('Account'), await open('Second')]
  await world.join(owner, uid('Admin'), { tenant: account, role: 'account.admin', reach: 'subtree' })
  await world.join(owner, uid('Member'), { ...at, role: 'agency.auditor', reach: 'subtree' })
  const principal = { user: uid('Member') }
  await owner.must('members/update', { ...at, principal, attributes: { department: named('Department') } })
  const directory = await people(owner, { agency, account, canary })
  const { role } = await owner.must('roles/create', {
    ...at,
    name: named('Role'),
    description: named('description'),
    permissions: ['contacts.read', 'iam.tenants.get'],
  })
  const given = await owner.must('roles/assign', {
    ...at,
    principal,
    role,
    reach: 'listed',
    accounts: [account],
    reason: named('reason'),
  })
  const actions = [{ name: 'read', title: named('reading') }]
  await owner.must('resources/registerType', { ...at, type: resourceType, title: named('Records'), actions })
  const resource = `${canary}-record-1`
  const properties = { status: named('status') }
  await owner.must('resources/put', { ...at, type: resourceType, id: resource, ownerId: uid('Member'), properties })
  const ids = { agency, account, second, owner: uid('Owner'), admin: uid('Admin'), member: uid('Member') }
  const { items } = await owner.must('roles/listAssignments', { tenant: account, principal: { user: ids.admin } })
  const accountAssignment = items[0].assignment
  const drawn = {
    role,
    assignment: given.assignment,
    accountAssignment,
    resource,
    operation: await operationOf(world, agency),
    ...(await webhookOf(world, { owner, agency, name: named('Webhook') })),
    event: (await owner.must('audit/search', { ...at, limit: 1 })).items[0].event,
  }
  return { owner, canary, ids: { ...ids, ...directory, ...drawn } }
}

/** Long work of this agency, staged: only the deletion of a whole agency leaves one, and that agency would be gone. */
const operationOf = async (world: World, agency: string): Promise<string> => {
  const operation = world.app.drawId(prefixes.operation)
  const fields = { tenant: text(agency), kind: text('staged'), status: text('done'), done: { integerValue: '1' } }
  await plant(world.projectId, `operations/${operation}`, { ...fields, startedAt: moment(world.app.clock()) })
  return operation
}

interface Hooked {
  readonly owner: Actor
  readonly agency: string
  readonly name: string
}

/** With a delivery, staged: nothing is sent from here. */
const webhookOf = async (world: World, { owner, agency, name }: Hooked) => {
  const url = 'https://hooks.shop.com/in'
  const made = await owner.must('webhooks/create', { tenant: agency, name, url, types: ['*'] })
  const event = world.app.drawId(prefixes.op)
  const { webhook } = made.webhook
  const delivery = `${'9'.repeat(13)}-${event}`
  const fields = {
    event: text(event),
    tenant: text(agency),
    type: text('tenancy.tenant_renamed'),
    status: text('failed'),
  }
  const path = `tenants/${agency}/webhooks/${webhook}/deliveries/${delivery}`
  await plant(world.projectId, path, { ...fields, at: moment(world.app.clock()) })
  return { webhook, delivery }
}

interface Place {
  readonly agency: string
  readonly account: string
  readonly canary: string
}

const idOf = (secret: string) => ({ credential: parseSecret(secret)?.id ?? '' })

const people = async (owner: Actor, { agency, account, canary }: Place) => {
  const at = { tenant: agency }
  const { service } = await owner.must('members/createService', { ...at, name: `${canary} Service` })
  const { service: robot } = await owner.must('members/createService', { tenant: account, name: `${canary} Robot` })
  await owner.must('roles/assign', { ...at, principal: { service }, role: 'agency.auditor', reach: 'subtree' })
  const { team } = await owner.must('teams/create', { ...at, name: `${canary} Team`, description: `${canary} team` })
  await owner.must('teams/addMember', { ...at, team, principal: { user: `${canary}Member` } })
  await owner.must('roles/assign', { ...at, principal: { team }, role: 'account.viewer', reach: 'subtree' })
  const made = await owner.must('apiKeys/create', { ...at, name: `${canary} Key`, scopes: ['contacts.readonly'] })
  const offer = { ...at, email: mailOf(`${canary}Guest`), role: 'account.viewer', reach: 'subtree' }
  const { invitation, secret } = await owner.must('members/invite', offer)
  return {
    service,
    robot,
    team,
    key: made.key.key,
    keySecret: made.secret,
    ...idOf(made.secret),
    invitation,
    invitationSecret: secret,
  }
}
