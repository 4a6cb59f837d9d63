// What a generated agency shapes for itself: types and resources, roles, guardrails, keys.
import { head, type KeyRecord, recordOf } from './ledger.ts'
import { day, type LoadedAgency, type Loading, serviceRef, tried } from './loading.ts'

const types = { record: ['read', 'write', 'share'], invoice: ['approve', 'see'] } as const

/** In another order for each agency, so that the same number means different things. */
export const registerTypes = async (
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

export const registerResources = async ({ ledger, random }: Loading, one: LoadedAgency) => {
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

const scopeNames = [...head.scopeByName.keys()]
const catalogueNames = [...head.permissionByName.keys()]
const atLevel = (level: string): readonly string[] =>
  catalogueNames.filter((name) => head.permissionByName.get(name)?.levels.includes(level as 'agency')) // a level's name

/** Own permissions are in every role that is made before its account moves. */
export const makeRoles = async (loading: Loading, one: LoadedAgency, tenant: string, many: number) => {
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

export const editRole = async (loading: Loading, one: LoadedAgency, tenant: string) => {
  const { ledger, random } = loading
  const here = recordOf(ledger.tenants, tenant)
  const role = random.pick([...here.roles.keys()])
  const permissions = random.some(atLevel('account'), 12)
  if ((await tried(loading, one.owner, 'roles/update', { tenant, role, permissions })) === undefined) return
  const numbers = permissions.map((name) => ledger.numberOf(tenant, name))
  here.roles.set(role, { permissions: numbers, includes: here.roles.get(role)?.includes ?? [] })
}

/** What those who ask need: no guardrail takes it from them. */
export const askingScopes = ['iam/access.readonly', 'iam/credentials.verify'] as const

export interface KeyCaps {
  readonly maxKeyDays?: number
  readonly keyKinds?: readonly string[]
  readonly keyScopes?: readonly string[]
}

/** Most of the scopes there are, and some of the agency's own. */
export const someScopes = ({ random, ledger }: Loading, { agency }: LoadedAgency): readonly string[] => {
  const own = [...recordOf(ledger.tenants, agency).own.keys()]
  const left = [...scopeNames, ...own].filter(() => random.chance(0.8))
  return [...new Set([...askingScopes, ...left])]
}

export const guard = async (loading: Loading, one: LoadedAgency, tenant: string, caps: KeyCaps = {}) => {
  const { ledger, random } = loading
  const resource = (name: string): string => name.slice(0, name.lastIndexOf('.'))
  const content = atLevel('account').filter((name) => !name.startsWith('iam.'))
  const denied = [
    ...random.some(content, 20),
    ...random.some(content, 4).map((name) => `${resource(name)}.*`),
    'own/record.write',
  ]
  const { maxKeyDays, keyKinds, keyScopes } = caps
  const said = {
    ...(maxKeyDays === undefined ? {} : { maxKeyLifetimeDays: maxKeyDays }),
    ...(keyKinds === undefined ? {} : { keyKinds }),
    ...(keyScopes === undefined ? {} : { keyScopes }),
  }
  const input = { tenant, deniedPermissions: [...new Set(denied)], ...said, reason: 'for the proof' }
  if ((await tried(loading, one.owner, 'roles/setGuardrail', input)) === undefined) return
  Object.assign(recordOf(ledger.tenants, tenant), { denied: input.deniedPermissions, maxKeyDays, keyKinds, keyScopes })
}

/** Keys of service accounts, of any scopes; the owner, who makes them, holds all of it. */
export const makeKeys = async (loading: Loading, one: LoadedAgency): Promise<readonly KeyRecord[]> => {
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
