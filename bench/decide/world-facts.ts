// The one place that turns a world into what `decide` looks at: policies and grants compiled once, facts put together per question.
import { brokenCondition, type Condition, compileCondition } from '../../core/src/access/condition.ts'
import type {
  Question as AccessQuestion,
  Facts,
  GrantEntry,
  GrantsFacts,
  NodeFacts,
  SubjectFacts,
  TokenFacts,
} from '../../core/src/access/facts.ts'
import * as permissionSet from '../../core/src/catalogue/permission-set.ts'
import type { AssignmentId, TenantId, UserId } from '../../core/src/kernel/ids.ts'
import { platformTenant } from '../../core/src/kernel/ids.ts'
import { userRef } from '../../core/src/kernel/principal.ts'
import { type Instant, instantOf, minutes, plusSeconds } from '../../core/src/kernel/time.ts'
import { middle } from './world/agency.ts'
import { catalogue } from './world/catalogue.ts'
import type { Agency, Assignment, ConditionSpec, Question, User } from './world/model.ts'

/** What a process keeps of the agencies that it is asked about. */
export interface Warm {
  readonly placeOf: ReadonlyMap<string, Place>
  readonly subjectOf: ReadonlyMap<string, SubjectFacts>
}

interface Place {
  readonly chain: readonly NodeFacts[]
  /** Of a credential that lives at the agency. */
  readonly scoped: TokenFacts
}

export const now: Instant = instantOf(middle)

// Casts in this file: the world draws its ids in the shape of the real ones.
const tenant = (id: string): TenantId => id as TenantId

const session: TokenFacts = {
  permissions: undefined,
  tenant: undefined,
  accounts: undefined,
  signedInAt: plusSeconds(now, minutes(-1)),
  notAfter: undefined,
}
const everything = permissionSet.of(catalogue.permissionByNumber.keys())

// What most have none of is kept once.
const none: ReadonlyMap<string, never> = new Map<string, never>()
const noTeams: GrantsFacts['teams'] = []
const noGuardrail: NodeFacts['guardrail'] = { deniedPermissions: [] }

const bare = (id: string, kind: NodeFacts['kind'], parentId: TenantId | undefined): NodeFacts => ({
  id: tenant(id),
  kind,
  parentId,
  placementId: `plc_${id}`,
  status: 'active',
  catalogueVersion: catalogue.version,
  guardrail: noGuardrail,
  customRoles: none,
  ownPermissions: none,
})

const platform = bare(platformTenant, 'platform', undefined)

/** Every tenth agency has a guardrail, on what nobody asks: it must be looked at, and changes no answer. */
const agencyNode = (agency: Agency): NodeFacts => ({
  ...bare(agency.id, 'agency', platformTenant),
  guardrail: { deniedPermissions: agency.index % 10 === 0 ? ['iam.signing.*'] : [] },
  customRoles: new Map(
    [...agency.customRoles].map(([id, shape]) => [id, { permissions: permissionSet.of(shape.numbers), includes: [] }]),
  ),
})

/** Conditions are compiled once per text, whoever's they are. */
type Conditions = Map<string, Condition>

export const sourceOf = (condition: ConditionSpec): string => {
  if (condition === 'owner') return 'resource.ownerId == subject.id'
  const [from, until] = [condition.from, condition.until].map((at) => new Date(at).toISOString())
  return `request.time >= timestamp("${from}") && request.time < timestamp("${until}")`
}

const conditionOf = (conditions: Conditions, spec: ConditionSpec): Condition => {
  const source = sourceOf(spec)
  const known = conditions.get(source)
  if (known !== undefined) return known
  const compiled = compileCondition(source)
  const condition = compiled.ok ? compiled.value : brokenCondition(source)
  conditions.set(source, condition)
  return condition
}

/** What is put together while an agency is compiled; a text that comes again is kept once. */
interface Compiling {
  readonly conditions: Conditions
  readonly placeOf: Map<string, Place>
  readonly subjectOf: Map<string, SubjectFacts>
}

const nodeAt = ({ placeOf }: Compiling, id: string, agency: NodeFacts): NodeFacts =>
  id === agency.id ? agency : (placeOf.get(id)?.chain[0] ?? bare(id, 'account', agency.id))

const listedOf = (compiling: Compiling, { accounts }: Assignment, agency: NodeFacts): ReadonlyMap<string, string> => {
  if (accounts.length === 0) return none
  const nodes = accounts.map(({ id }) => nodeAt(compiling, id, agency))
  return new Map(nodes.map(({ id, placementId }) => [id, placementId]))
}

const roleName = (role: string): string => catalogue.roleByName.get(role)?.entry.name ?? role

const entryOf = (compiling: Compiling, assignment: Assignment, agency: NodeFacts): GrantEntry => ({
  assignmentId: assignment.id as AssignmentId,
  role: roleName(assignment.role),
  reach: assignment.reach,
  accounts: listedOf(compiling, assignment, agency),
  placement: undefined,
  condition: assignment.condition && conditionOf(compiling.conditions, assignment.condition),
  until: undefined,
})

/** All that the user holds in the agency; `decide` leaves out what is not stored on the chain asked about. */
const subjectOf = (compiling: Compiling, user: User, agency: NodeFacts): SubjectFacts => {
  const principal = userRef(user.id as UserId)
  const grants: (GrantsFacts & { readonly entries: GrantEntry[] })[] = []
  for (const assignment of user.assignments) {
    const { id: at } = nodeAt(compiling, assignment.at, agency)
    const entry = entryOf(compiling, assignment, agency)
    const known = grants.find((one) => one.at === at)
    if (known === undefined) grants.push({ principal, at, status: 'active', teams: noTeams, entries: [entry] })
    else known.entries.push(entry)
  }
  return { principal, active: true, attributes: { id: user.id, kind: 'user' }, grants }
}

export const warmUp = (agencies: readonly Agency[]): Warm => {
  const compiling: Compiling = { conditions: new Map(), placeOf: new Map(), subjectOf: new Map() }
  for (const agency of agencies) {
    const node = agencyNode(agency)
    const scoped = { ...session, permissions: everything, tenant: node.id, signedInAt: undefined }
    for (const { id } of agency.accounts) {
      compiling.placeOf.set(id, { chain: [bare(id, 'account', node.id), node, platform], scoped })
    }
    for (const user of agency.users) compiling.subjectOf.set(user.id, subjectOf(compiling, user, node))
  }
  return compiling
}

const catalogueOf = (version: string) => (version === catalogue.version ? catalogue : undefined)

type Asking = Pick<Question, 'account' | 'user' | 'scoped'>

/** Undefined when the tenant or the user is not known here. */
export const factsFor = (warm: Warm, { account, user, scoped }: Asking): Facts | undefined => {
  const place = warm.placeOf.get(account)
  const subject = warm.subjectOf.get(user)
  if (place === undefined || subject === undefined) return undefined
  return {
    head: catalogue,
    catalogueOf,
    chain: place.chain,
    subject,
    token: scoped ? place.scoped : session,
    installation: undefined,
    impersonation: undefined,
  }
}

const noAction = {}

export const questionFor = ({ permission, resource, request }: Question): AccessQuestion => ({
  permission,
  resource,
  action: noAction,
  request,
})
