// `tenants/move`: an account goes from one agency to another; what named its old placement counts no more, and never again.
import type { NodeFacts } from '@latchkey/core/access/facts'
import { firstOwnNumber } from '@latchkey/core/catalogue/own-permission'
import { of, toBase64url, toNumbers } from '@latchkey/core/catalogue/permission-set'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { moveTenantInput, moveTenantOutput } from '@latchkey/core/tenancy/contract'
import type * as z from 'zod'
import type { Admitted } from '../../guard/admitted.ts'
import { operation } from '../../guard/definition.ts'
import { freshFacts, refusalOf } from '../../guard/fresh-facts.ts'
import type { Reader } from '../../platform/store/reader.ts'
import type { TenancyDependencies } from './dependencies.ts'
import { endedKeys } from './ended-keys.ts'
import { policyPath, tenantPath } from './tenant-document.ts'

type Input = z.output<typeof moveTenantInput>

export const moveTenant = ({ commit, loadFacts, stillCounts, drawId }: TenancyDependencies) =>
  operation({
    group: 'tenants',
    name: 'move',
    summary: 'Moves an account to another agency. You must hold the right to move at the account and at both agencies.',
    input: moveTenantInput,
    output: moveTenantOutput,
    access: { permission: 'iam.tenants.move' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) => {
      const drawn = { placementId: drawId(), accessId: drawId() }
      return commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: (read) => plan(read, admitted, { drawn, loadFacts, stillCounts }),
        answer: (outcome) => outcome,
      })
    },
  })

type Asking = Pick<TenancyDependencies, 'loadFacts' | 'stillCounts'>

interface Moving extends Asking {
  readonly drawn: { readonly placementId: string; readonly accessId: string }
}

/** Four writes with event and outbox, whatever the account holds: nothing else is rewritten, because nothing of the old placement counts. */
const plan = async (read: Reader, admitted: Admitted<Input>, { drawn, ...asking }: Moving) => {
  const { input, tenant } = admitted
  const moving = await mayMove(read, admitted, asking)
  if (!moving.ok) return moving
  const { from, node } = moving.value
  const { accessId, placementId } = drawn
  const parent = { parentId: input.to, placementId }
  const owners = await ownersThatStay(read, tenant)
  const ended = await endedKeys(read, tenant, from)
  return ok({
    writes: [
      { kind: 'update' as const, path: tenantPath(tenant), fields: { ...parent, accessId, owners } },
      {
        kind: 'update' as const,
        path: policyPath(tenant),
        fields: { ...parent, ...ended, roles: rolesElsewhere(node) },
      },
    ],
    event: {
      type: 'tenancy.tenant_moved',
      targets: [`tenant:${tenant}`, `tenant:${from}`, `tenant:${input.to}`],
      reason: input.reason,
      details: { from, to: input.to },
    },
    outcome: { tenant, from, to: input.to },
  })
}

/** Owners of the old agency own it no more: only who holds the role as the account's own person stays on the list. */
const ownersThatStay = async (read: Reader, tenant: TenantId): Promise<readonly string[]> => {
  const [node] = await read.getAll([tenantPath(tenant)])
  const owners = Array.isArray(node?.['owners']) ? node['owners'].map(String) : []
  const members = await read.getAll(owners.map((uid) => `${tenantPath(tenant)}/members/${uid}`))
  return owners.filter((_, index) => members[index] !== undefined && members[index]['placement'] === undefined)
}

/** An agency's own permissions have numbers of its own: in a role of the account each would mean something else at the next agency. */
const rolesElsewhere = ({ customRoles }: NodeFacts) =>
  Object.fromEntries(
    [...customRoles].map(([role, { permissions, includes }]) => {
      const everywhere = of(toNumbers(permissions).filter((number) => number < firstOwnNumber))
      return [role, { permissions: toBase64url(everywhere), includes: [...includes] }] as const
    }),
  )

/** Decided on facts of this transaction: at the account, at the agency it leaves, at the one it joins. Answers that agency and the account. */
const mayMove = async (
  read: Reader,
  admitted: Admitted<Input>,
  asking: Asking,
): Promise<Result<{ readonly from: TenantId; readonly node: NodeFacts }, IamError>> => {
  const { input } = admitted
  const here = await freshFacts(read, admitted, 'iam.tenants.move', asking)
  if (!here.ok) return here
  const [node, source] = here.value.chain
  if (node === undefined || source === undefined) return err(iamError('not_found'))
  // One that a restore has put at the platform is put where it belongs by whoever may found there.
  const atSource = source.kind === 'platform' ? 'iam.tenants.create' : 'iam.tenants.move'
  const leaving = refusalOf({ ...here.value, chain: here.value.chain.slice(1) }, atSource, admitted)
  if (leaving !== undefined) return err(leaving)
  // An agency that the caller does not see is none: the same answer as for one that never was.
  const there = await freshFacts(read, { ...admitted, tenant: input.to }, 'iam.tenants.move', asking)
  const joining = there.ok ? refusalOf(there.value, 'iam.tenants.create', admitted) : there.error
  if (joining !== undefined) return err({ ...joining, field: 'to' })
  if (source.id === input.to) return err(iamError('conflict', { detail: 'It is there already.' }))
  return ok({ from: source.id, node })
}
