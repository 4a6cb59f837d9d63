// `tenants/enter`: opens a tenant for a signed-in person, by writing what the Firestore rules let them list, for ten minutes at most.
import { sessionStands } from '@latchkey/core/access/assembly/session-counts'
import { decide, isVisible } from '@latchkey/core/access/decide'
import { errorOf } from '@latchkey/core/access/decision'
import type { Facts } from '@latchkey/core/access/facts'
import { reachingEntries } from '@latchkey/core/access/reach'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { earliest, type Instant, minutes, plusSeconds, toIso } from '@latchkey/core/kernel/time'
import { enterOutput, reasonedTenantInput } from '@latchkey/core/tenancy/contract'
import type { SessionFacts } from '../../guard/caller.ts'
import { operation } from '../../guard/definition.ts'
import { type DocumentFields, instantIn, type Reader, timestampOf } from '../../platform/store/reader.ts'
import type { Write } from '../../platform/store/write.ts'
import type { TenancyDependencies } from './dependencies.ts'
import { tenantPath } from './tenant-document.ts'

/** A viewer dies by itself after this long, even if nothing shuts it. */
const viewerLifeSeconds = minutes(10)

/** The collections that can be listed live, and the permission that each takes. */
export const liveCollections = {
  members: 'iam.members.list',
  teams: 'iam.teams.list',
  roles: 'iam.roles.list',
  assignments: 'iam.assignments.list',
  apiKeys: 'iam.apiKeys.list',
} as const
type Live = keyof typeof liveCollections

const names = Object.keys(liveCollections) as readonly Live[] // the keys of a closed table

export const enterTenant = ({ project, loadFacts }: TenancyDependencies) =>
  operation({
    group: 'tenants',
    name: 'enter',
    summary: 'Opens a tenant: says what you may list live, and lets the rules know for ten minutes.',
    input: reasonedTenantInput.pick({ tenant: true }),
    output: enterOutput,
    access: { signedIn: 'It opens exactly what decide allows to the caller at that tenant, collection by collection.' },
    tenant: (input) => input.tenant,
    effect: 'read', // what it writes is derived, dies by itself, and may be written again
    handler: async ({ tenant, caller, now, facts: seen }) => {
      const { session } = caller
      if (!isVisible(seen, now)) return err(iamError('not_found')) // a key, too, learns nothing of a foreign tenant
      if (session === undefined) return err(iamError('permission_denied', { detail: 'Only people open tenants.' }))
      let entered: Result<Entered, IamError> = err(iamError('not_found'))
      await project(async (read) => {
        const facts = await loadFacts(read, caller, tenant)
        entered = facts.ok ? await enter(read, facts.value, session, now) : facts
        return { writes: entered.ok ? entered.value.writes : [] }
      })
      const outcome = entered as Result<Entered, IamError> // assigned inside the transaction
      return outcome.ok ? ok(outcome.value.view) : outcome
    },
  })

interface Entered {
  readonly view: ReturnType<typeof viewOf>
  readonly writes: readonly Write[]
}

const enter = async (
  read: Reader,
  facts: Facts,
  session: SessionFacts,
  now: Instant,
): Promise<Result<Entered, IamError>> => {
  const [node, above] = facts.chain
  const agency = node?.kind === 'agency' ? node.id : above?.id
  if (node === undefined || agency === undefined || !isVisible(facts, now)) return err(iamError('not_found'))
  if (facts.chain.some((one) => one.status !== 'active')) return err(iamError('tenant_suspended'))
  const [tenant, parent, user] = await read.getAll([tenantPath(node.id), tenantPath(agency), `users/${session.uid}`])
  if (tenant === undefined || parent === undefined || user === undefined) return err(iamError('not_found'))
  // The session may have been denied since it was admitted; the access id read here would hide that for ten minutes.
  if (!sessionStands(user, session.authTimeSeconds, instantIn)) return err(iamError('invalid_token'))
  const lasting = withoutConditions(facts)
  const see = names.filter((name) => allows(lasting, liveCollections[name], now))
  const until = viewerEnd(facts, now)
  const kind = node.kind === 'agency' ? ('agency' as const) : ('account' as const)
  const accessIds = { t: tenant['accessId'], g: parent['accessId'], u: user['accessId'] }
  return ok({
    view: viewOf({ tenant: node.id, agency, kind, fields: tenant, see, until }),
    writes: [
      {
        kind: 'set',
        path: `tenants/${node.id}/viewers/${session.uid}`,
        fields: { see, agency, ...accessIds, authTime: session.authTimeSeconds, until: timestampOf(until) },
      },
      {
        kind: 'set',
        path: `users/${session.uid}/sessions/${session.authTimeSeconds}`,
        fields: { signedInAt: timestampOf(session.signedInAt), lastSeenAt: timestampOf(now), lastTenant: node.id },
      },
    ],
  })
}

const allows = (facts: Facts, permission: string, now: Instant): boolean =>
  errorOf(decide({ permission, resource: {}, action: {}, request: { time: new Date(now) } }, facts, now)) === undefined

/** A condition can change its mind while a viewer stands, and rules cannot ask again: such power is served by callables only. */
const withoutConditions = (facts: Facts): Facts => ({
  ...facts,
  subject: {
    ...facts.subject,
    grants: facts.subject.grants.map((grants) => ({
      ...grants,
      entries: grants.entries.filter((entry) => entry.condition === undefined),
    })),
  },
})

/** Ten minutes, or the earliest end of any assignment that was used: a viewer never outlives the power behind it. */
const viewerEnd = (facts: Facts, now: Instant): Instant => {
  const ends = reachingEntries(facts.subject, facts.chain, now).map(({ entry }) => entry.until)
  return earliest(plusSeconds(now, viewerLifeSeconds), ...ends) ?? now
}

interface Opened {
  readonly tenant: TenantId
  readonly agency: TenantId
  readonly kind: 'agency' | 'account'
  readonly fields: DocumentFields
  readonly see: readonly Live[]
  readonly until: Instant
}

const viewOf = ({ tenant, agency, kind, fields, see, until }: Opened) => ({
  tenant,
  agency,
  kind,
  name: String(fields['name']),
  see: [...see],
  until: toIso(until),
})
