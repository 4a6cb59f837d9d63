// Who may have an endpoint told: whoever may read there, now and as widely, what it will be told (monotonic privilege).
import type { Facts } from '@latchkey/core/access/facts'
import { missingFor } from '@latchkey/core/access/held'
import { of } from '@latchkey/core/catalogue/permission-set'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { idOf } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { type Instant, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { mayAskFor } from '@latchkey/core/webhooks/event-types'
import type { Admitted } from '../../../guard/admitted.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { WebhooksDependencies } from '../dependencies.ts'

const reading = 'iam.audit.read'

interface Telling {
  readonly reach: 'node' | 'subtree'
  readonly types: readonly string[]
}

/**
 * Decided on facts read inside the transaction. An endpoint is its tenant's, like an assignment that was made: it stays when the power or the
 * credential of whoever made it ends, so only the present moment is asked for (ADR 0024).
 */
export const mayTell = async (
  read: Reader,
  { permission, telling }: { readonly permission: string; readonly telling: Telling },
  admitted: Admitted<unknown>,
  dependencies: Pick<WebhooksDependencies, 'loadFacts' | 'stillCounts'>,
): Promise<Result<void, IamError>> => {
  const facts = await freshFacts(read, admitted, permission, dependencies)
  if (!facts.ok) return facts
  const fault = shapeFault(facts.value, telling, admitted.tenant) ?? powerFault(facts.value, telling, admitted.now)
  return fault === undefined ? ok(undefined) : err(fault)
}

const shapeFault = ({ chain }: Facts, { reach, types }: Telling, tenant: TenantId): IamError | undefined => {
  if (reach === 'subtree' && chain[0]?.kind !== 'agency')
    return iamError('invalid_request', { field: 'reach', detail: 'Only an agency has accounts below it.' })
  const unknown = types.findIndex((type) => !mayAskFor(type, tenant))
  return unknown < 0
    ? undefined
    : iamError('invalid_request', { field: `types[${unknown}]`, detail: 'There are no such events here.' })
}

const powerFault = (facts: Facts, { reach }: Telling, now: Instant): IamError | undefined => {
  const known = facts.head.permissionByName.get(reading)
  const permissions = of(known === undefined ? [] : [known.number])
  const missing = missingFor(facts, { permissions, reach, accounts: [], until: plusSeconds(now, secondsOf(1)) }, now)
  return known !== undefined && missing.length === 0
    ? undefined
    : iamError('grant_exceeds_grantor', { missing: [reading] })
}

/** As with keys: what somebody of the tenant above makes counts only at the present placement (ADR 0014). */
export const placementFor = async (
  read: Reader,
  { caller, tenant }: Pick<Admitted<unknown>, 'caller' | 'tenant'>,
): Promise<string | undefined> => {
  const [node, member] = await read.getAll([`tenants/${tenant}`, `tenants/${tenant}/members/${idOf(caller.principal)}`])
  const isOwn = member?.['status'] === 'active' && member['placement'] === undefined
  return node?.['kind'] === 'account' && !isOwn ? String(node['placementId']) : undefined
}
