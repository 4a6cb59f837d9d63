// `members/suspend` and `members/restore`: at a tenant a membership with all that it holds there; at the platform the whole person.

import type { Facts } from '@latchkey/core/access/facts'
import { memberStatusInput, memberStatusOutput } from '@latchkey/core/directory/contract'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { platformTenant } from '@latchkey/core/kernel/ids'
import { idOf, namedRef, userOf } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { DirectoryDependencies } from '../dependencies.ts'
import { missingOfMember } from '../held-by-member.ts'
import { accessWrites, grantsWrite, memberWrite, readMember } from './member-state.ts'
import { withOwner, withoutOwner } from './owner-status.ts'
import { personStatusWrites, type Turn, type Turning } from './person-status.ts'

type Input = z.output<typeof memberStatusInput>

const changeStatus = (turn: Turn) => (dependencies: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: turn.name,
    summary: turn.summary,
    input: memberStatusInput,
    output: memberStatusOutput,
    access: { permission: `iam.members.${turn.name}` },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async (admitted) => {
      if (namedRef(admitted.input.principal) === admitted.caller.principal)
        return err(iamError('conflict', { detail: `Nobody can ${turn.name} themselves.` }))
      const newAccessId = dependencies.drawId()
      return dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: (read) => plan(read, admitted, { ...turn, newAccessId }, dependencies),
        answer: (outcome) => outcome,
      })
    },
  })

const plan = async (read: Reader, admitted: Admitted<Input>, turning: Turning, dependencies: DirectoryDependencies) => {
  const { input, tenant } = admitted
  const principal = namedRef(input.principal)
  const facts = await freshFacts(read, admitted, `iam.members.${turning.name}`, dependencies)
  if (!facts.ok) return facts
  const uid = userOf(principal)
  const writes =
    tenant === platformTenant && uid !== undefined
      ? await personStatusWrites(read, facts.value, { uid, turning, now: admitted.now })
      : await memberStatusWrites(read, admitted, { ...turning, facts: facts.value }, dependencies)
  if (!writes.ok) return writes
  return ok({
    writes: writes.value,
    event: { type: turning.event, targets: [principal], reason: input.reason },
    outcome: { principal: `${principal}`, tenant, status: turning.to },
  })
}

const memberStatusWrites = async (
  read: Reader,
  { input, tenant, now }: Admitted<Input>,
  { to, newAccessId, facts }: Turning & { readonly facts: Facts },
  dependencies: DirectoryDependencies,
): Promise<Result<readonly Write[], IamError>> => {
  const found = await readMember(read, tenant, namedRef(input.principal))
  if (!found.ok) return found
  if (found.value.member['status'] === to)
    return err(iamError('conflict', { detail: `${idOf(found.value.principal)} is ${to} already.` }))
  const owners =
    to === 'suspended' ? await withoutOwner(read, found.value, facts, now) : withOwner(found.value, facts, now)
  if (!owners.ok) return owners
  // Restoring gives back what they held, to the letter: nobody gives more than they hold.
  const asking = { facts, now, entries: 'all' } as const
  const missing = to === 'suspended' ? [] : await missingOfMember(read, found.value, asking, dependencies)
  if (missing.length > 0) return err(iamError('grant_exceeds_grantor', { missing }))
  return ok([
    memberWrite(found.value, { status: to }),
    // Also where they hold nothing: at the tenants below, only this document says that they are suspended.
    grantsWrite(found.value, { status: to }),
    ...accessWrites(found.value.principal, newAccessId),
    ...owners.value,
  ])
}

export const suspendMember = changeStatus({
  name: 'suspend',
  to: 'suspended',
  event: 'directory.member_suspended',
  summary: 'Stops a member at a tenant and below it; at the platform, a person everywhere.',
})

export const restoreMember = changeStatus({
  name: 'restore',
  to: 'active',
  event: 'directory.member_restored',
  summary: 'Gives a suspended member back what they held, at most what you hold yourself.',
})
