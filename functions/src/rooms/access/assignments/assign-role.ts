// `roles/assign`: gives a role to a member, never more than the giver holds there themselves.
import { assignInput, assignmentView } from '@latchkey/core/access/contract/assignments'
import { isVisible } from '@latchkey/core/access/decide'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { type AssignmentId, prefixes } from '@latchkey/core/kernel/ids'
import { namedRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { fromIso, toIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { AccessDependencies } from '../dependencies.ts'
import { checkShape, missingOf } from './grant-shape.ts'
import { type Grant, type PlannedGrant, planGrant, readPlacements } from './plan-grant.ts'

type Input = z.output<typeof assignInput>

export const assignRole = (dependencies: AccessDependencies) =>
  operation({
    group: 'roles',
    name: 'assign',
    summary: 'Gives a role to a person or service account, at most as much as you hold yourself.',
    input: assignInput,
    output: assignmentView,
    access: { permission: 'iam.roles.assign' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) => {
      const grant = grantOf(admitted, dependencies)
      return dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: async (read) => {
          const planned = await planWithin(read, admitted, grant, dependencies)
          if (!planned.ok) return planned
          return ok({
            writes: planned.value.writes,
            event: {
              type: 'access.role_assigned',
              targets: [`assignment:${grant.assignment}`, grant.principal],
              ...(grant.reason === undefined ? {} : { reason: grant.reason }),
              details: { role: grant.role, reach: grant.reach },
            },
            outcome: viewOf(grant),
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })

const grantOf = ({ input, now, caller }: Admitted<Input>, { drawId }: AccessDependencies): Grant => ({
  assignment: drawId(prefixes.assignment) as AssignmentId, // just drawn
  tenant: input.tenant,
  principal: namedRef(input.principal),
  displayName: undefined,
  role: input.role,
  reach: input.reach,
  accounts: input.accounts === undefined ? undefined : [...new Set(input.accounts)],
  condition: input.condition,
  until: input.expiresAt === undefined ? undefined : fromIso(input.expiresAt),
  reason: input.reason,
  grantedBy: caller.principal,
  now,
  newAccessId: drawId(),
  membership: 'here',
})

/** Decides on facts read in the transaction: the giver's power may have gone since the call was admitted. */
const planWithin = async (
  read: Reader,
  admitted: Admitted<Input>,
  grant: Grant,
  { loadFacts }: AccessDependencies,
): Promise<Result<PlannedGrant, IamError>> => {
  const facts = await loadFacts(read, admitted.caller, grant.tenant)
  if (!facts.ok) return facts
  const fault = checkShape(facts.value, grant)
  if (fault !== undefined) return err(fault)
  const placements = await readPlacements(read, grant)
  if (!placements.ok) return placements
  const missing = missingOf(facts.value, grant, placements.value)
  if (missing.length > 0) return err(iamError('grant_exceeds_grantor', { missing }))
  // Who may not see the agency learns nothing of its people, not even by trying (CATALOGUE I-48).
  const above = { ...facts.value, chain: facts.value.chain.slice(1) }
  const membership = isVisible(above, grant.now) ? 'here or above' : 'here'
  return planGrant(read, { ...grant, membership }, placements.value)
}

const viewOf = (grant: Grant) => ({
  assignment: grant.assignment,
  tenant: grant.tenant,
  principal: grant.principal,
  role: grant.role,
  reach: grant.reach,
  ...(grant.accounts === undefined ? {} : { accounts: [...grant.accounts] }),
  ...(grant.condition === undefined ? {} : { condition: grant.condition }),
  ...(grant.until === undefined ? {} : { expiresAt: toIso(grant.until) }),
  ...(grant.reason === undefined ? {} : { reason: grant.reason }),
  grantedBy: grant.grantedBy,
  grantedAt: toIso(grant.now),
})
