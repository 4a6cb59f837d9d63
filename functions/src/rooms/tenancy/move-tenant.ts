// `tenants/move`: an account goes from one agency to another; what named its old placement counts no more, and never again.
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

/** Five writes with event and outbox, whatever the account holds: nothing is rewritten, because nothing of the old placement counts. */
const plan = async (read: Reader, admitted: Admitted<Input>, { drawn, ...asking }: Moving) => {
  const { input, tenant } = admitted
  const from = await mayMove(read, admitted, asking)
  if (!from.ok) return from
  const { accessId, placementId } = drawn
  const parent = { parentId: input.to, placementId }
  return ok({
    writes: [
      { kind: 'update' as const, path: tenantPath(tenant), fields: { ...parent, accessId } },
      { kind: 'update' as const, path: policyPath(tenant), fields: parent },
    ],
    frames: [`tenant:${tenant}`, `policy:${tenant}`],
    event: {
      type: 'tenancy.tenant_moved',
      targets: [`tenant:${tenant}`, `tenant:${from.value}`, `tenant:${input.to}`],
      reason: input.reason,
      details: { from: from.value, to: input.to },
    },
    outcome: { tenant, from: from.value, to: input.to },
  })
}

/** Decided on facts of this transaction: at the account, at the agency it leaves, at the one it joins. Answers the agency it leaves. */
const mayMove = async (
  read: Reader,
  admitted: Admitted<Input>,
  asking: Asking,
): Promise<Result<TenantId, IamError>> => {
  const { input } = admitted
  const here = await freshFacts(read, admitted, 'iam.tenants.move', asking)
  if (!here.ok) return here
  const source = here.value.chain[1]
  if (source === undefined) return err(iamError('not_found'))
  const leaving = refusalOf({ ...here.value, chain: here.value.chain.slice(1) }, 'iam.tenants.move', admitted)
  if (leaving !== undefined) return err(leaving)
  // An agency that the caller does not see is none: the same answer as for one that never was.
  const there = await freshFacts(read, { ...admitted, tenant: input.to }, 'iam.tenants.move', asking)
  const joining = there.ok ? refusalOf(there.value, 'iam.tenants.create', admitted) : there.error
  if (joining !== undefined) return err({ ...joining, field: 'to' })
  if (source.id === input.to) return err(iamError('conflict', { detail: 'It is there already.' }))
  return ok(source.id)
}
