// A tenant for AuthZEN's cases, loaded through the public API only: callables for people, `/v1/ops` for keys.
import { readFileSync } from 'node:fs'
import { enrol, signIn } from '../../dev/demo/actors.ts'
import { callable, http, type Reply } from '../support/http.ts'
import { endpoints } from '../support/stack.ts'

const { provisionerKey } = JSON.parse(readFileSync(`${endpoints.stateDir}/demo.json`, 'utf8')) as {
  readonly provisionerKey: string
} // written by the seed

export interface Loaded {
  readonly key: string
  readonly unload: () => Promise<void>
}

interface Loading {
  readonly owner: string
  readonly agency: string
  readonly account: string
}

const must = ({ status, body }: Reply): Reply['body'] => {
  if (status !== 200) throw new Error(JSON.stringify(body))
  return body.result ?? body
}
const call = async (operation: string, input: object, token: string) => must(await callable(operation, input, token))

const mailOf = (uid: string): string => `${uid.toLowerCase()}@authzen.example`

/** Signs somebody in freshly; enrolled once, whatever ran before. */
const person = async (uid: string): Promise<string> => {
  await enrol(endpoints, { uid, who: uid, name: uid.slice(0, 40), email: mailOf(uid) }).catch(() => undefined)
  return signIn(endpoints, mailOf(uid))
}

/** An agency with one account: the policy of one set of cases lives there. */
const open = async (name: string): Promise<Loading> => {
  const uid = `owner-${name}-${Date.now().toString(36)}`
  const founding = { parent: 'platform', name: `AuthZEN ${name}`, ownerEmail: mailOf(uid) }
  const founded = must(await http('/v1/ops/tenants/create', founding, provisionerKey))
  const owner = await person(uid)
  await call('members/acceptInvitation', { secret: founded.invitation.secret }, owner)
  const account = (await call('tenants/create', { parent: founded.tenant, name: 'Records' }, owner)).tenant
  return { owner, agency: founded.tenant, account }
}

type Give = (role: string, user: string, condition?: string) => Promise<void>

/** Joins the people with a first role, and answers how to give them more. */
const people = async ({ owner, account }: Loading, uids: readonly string[], role: string): Promise<Give> => {
  for (const uid of uids) {
    const offer = { tenant: account, email: mailOf(uid), role, reach: 'node' }
    const { secret } = await call('members/invite', offer, owner)
    await call('members/acceptInvitation', { secret }, await person(uid))
  }
  return async (given, user, condition) => {
    const extra = condition === undefined ? {} : { condition }
    const input = { tenant: account, principal: { user }, role: given, reach: 'node', ...extra }
    await call('roles/assign', input, owner)
  }
}

const roleMaker =
  ({ owner, account }: Loading) =>
  async (name: string, ...permissions: readonly string[]): Promise<string> =>
    (await call('roles/create', { tenant: account, name, permissions }, owner)).role

/** A service account that may ask about others and vouch for attributes, and its key. */
const keyFor = async (loading: Loading): Promise<string> => {
  const { owner, account } = loading
  const role = await roleMaker(loading)('Asks', 'iam.access.check', 'iam.access.search', 'iam.attributes.assert')
  const { service } = await call('members/createService', { tenant: account, name: 'Enforcement point' }, owner)
  await call('roles/assign', { tenant: account, principal: { service }, role, reach: 'node' }, owner)
  const scopes = ['iam/access.readonly', 'iam/credentials.verify']
  const made = await call('apiKeys/create', { tenant: account, name: 'Enforcement point', service, scopes }, owner)
  return made.secret
}

const unloading =
  ({ owner, agency }: Loading, name: string) =>
  async (): Promise<void> => {
    await call(
      'tenants/delete',
      { tenant: agency, reason: 'the cases are over', confirmName: `AuthZEN ${name}` },
      owner,
    )
  }

/** The fixture of the certification scenario, section c-1: eight decisions, from a registry, a directory and conditions. */
export const loadRecords = async (): Promise<Loaded> => {
  const loading = await open('records')
  const { owner, agency, account } = loading
  const actions = ['read', 'write', 'delete'].map((name) => ({ name }))
  await call('resources/registerType', { tenant: agency, type: 'record', title: 'Records', actions }, owner)
  const role = roleMaker(loading)
  const [reader, writer, deleter] = [
    await role('Reader', 'own/record.read'),
    await role('Writer', 'own/record.write'),
    await role('Deleter', 'own/record.delete'),
  ]
  const give = await people(loading, ['alice', 'bob'], reader)
  await give(writer, 'alice', 'resource.status == "active"')
  await give(deleter, 'alice', 'action.soft == true')
  await give(writer, 'bob', 'subject.role == "admin" && resource.status == "archived"')
  await call('members/update', { tenant: account, principal: { user: 'bob' }, attributes: { role: 'admin' } }, owner)
  for (const [id, status] of Object.entries({ 'record-1': 'active', 'record-2': 'archived' })) {
    await call('resources/put', { tenant: account, type: 'record', id, properties: { status } }, owner)
  }
  return { key: await keyFor(loading), unload: unloading(loading, 'records') }
}

const smiths = {
  rick: 'CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs',
  morty: 'CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs',
  summer: 'CiRmZDI2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs',
  beth: 'CiRmZDM2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs',
  jerry: 'CiRmZDQ2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs',
} as const
const mails: Readonly<Record<string, string>> = {
  [smiths.rick]: 'rick@the-citadel.com',
  [smiths.morty]: 'morty@the-citadel.com',
  [smiths.summer]: 'summer@the-smiths.com',
  [smiths.beth]: 'beth@the-smiths.com',
  [smiths.jerry]: 'jerry@the-smiths.com',
}

/** The Todo interop: everybody views, editors make todos and change their own, an admin deletes any, an evil genius updates any. */
export const loadTodo = async (): Promise<Loaded> => {
  const loading = await open('todo')
  const { owner, agency, account } = loading
  const todo = ['can_read_todos', 'can_create_todo', 'can_update_todo', 'can_delete_todo'].map((name) => ({ name }))
  await call('resources/registerType', { tenant: agency, type: 'todo', title: 'Todos', actions: todo }, owner)
  const actions = [{ name: 'can_read_user' }]
  await call('resources/registerType', { tenant: agency, type: 'user', title: 'Users', actions }, owner)
  const role = roleMaker(loading)
  const viewer = await role('Viewer', 'own/user.can_read_user', 'own/todo.can_read_todos')
  const editor = await role('Editor', 'own/todo.can_create_todo')
  const changer = await role('Changer', 'own/todo.can_update_todo', 'own/todo.can_delete_todo')
  const [remover, genius] = [
    await role('Remover', 'own/todo.can_delete_todo'),
    await role('Genius', 'own/todo.can_update_todo'),
  ]
  const give = await people(loading, Object.values(smiths), viewer)
  for (const [user, mail] of Object.entries(mails)) {
    await call('members/update', { tenant: account, principal: { user }, attributes: { mail } }, owner)
  }
  for (const user of [smiths.rick, smiths.morty, smiths.summer]) {
    await give(editor, user)
    await give(changer, user, 'resource.ownerID == subject.mail')
  }
  await give(remover, smiths.rick)
  await give(genius, smiths.rick)
  return { key: await keyFor(loading), unload: unloading(loading, 'todo') }
}
