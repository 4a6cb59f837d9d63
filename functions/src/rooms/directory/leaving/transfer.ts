// `members/transfer`: settles what a leaving person owns: keys end or go on under a service account, offers end, resources move.
import { transferInput, transferOutput } from '@latchkey/core/directory/contract/leaving'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { namedRef, type PrincipalRef, serviceRef, userRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { DirectoryDependencies } from '../dependencies.ts'
import { memberPath, readMember } from '../members/member-state.ts'
import { planTransfer, type Transfer } from './plan-transfer.ts'

type Input = z.output<typeof transferInput>

const permission = 'iam.members.transfer'

export const transfer = (dependencies: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'transfer',
    summary: 'Settles what a person owns at a tenant, thirty things a call, until nothing remains.',
    input: transferInput,
    output: transferOutput,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async (admitted) => {
      const { input } = admitted
      if (input.resources !== undefined && namedRef(input.resources) === userRef(input.user))
        return err(iamError('invalid_request', { field: 'resources', detail: 'They are theirs already.' }))
      return dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: (read) => plan(read, admitted, dependencies),
        answer: (outcome) => outcome,
      })
    },
  })

const plan = async (read: Reader, admitted: Admitted<Input>, dependencies: DirectoryDependencies) => {
  const { input, tenant, caller, now } = admitted
  const facts = await freshFacts(read, admitted, permission, dependencies)
  if (!facts.ok) return facts
  const settling: Transfer = {
    tenant,
    user: input.user,
    by: caller.principal,
    keysTo: input.keys === 'revoke' ? undefined : serviceRef(input.keys.service),
    resourcesTo: input.resources === undefined ? undefined : namedRef(input.resources),
    now,
  }
  const there =
    (await receiverFault(read, tenant, settling.keysTo, 'keys.service')) ??
    (await receiverFault(read, tenant, settling.resourcesTo, 'resources'))
  if (there !== undefined) return err(there)
  const planned = await planTransfer(read, facts.value, settling, dependencies)
  if (!planned.ok) return planned
  const { writes, moved, revoked, remaining } = planned.value
  const known = await isKnown(read, tenant, input.user)
  if (writes.length === 0 && !known) return err(iamError('not_found', { field: 'user' }))
  return ok({
    writes,
    event: {
      type: 'directory.member_transferred',
      targets: [userRef(input.user), ...[settling.keysTo, settling.resourcesTo].filter((one) => one !== undefined)],
      reason: input.reason,
      details: { moved, revoked },
    },
    outcome: { moved, revoked, remaining },
  })
}

/** Only an active member of this very tenant gets anything. */
const receiverFault = async (
  read: Reader,
  tenant: TenantId,
  receiver: PrincipalRef | undefined,
  field: string,
): Promise<IamError | undefined> => {
  if (receiver === undefined) return undefined
  const found = await readMember(read, tenant, receiver)
  return found.ok && found.value.member['status'] === 'active' ? undefined : iamError('not_found', { field })
}

const isKnown = async (read: Reader, tenant: TenantId, user: string): Promise<boolean> =>
  (await read.getAll([memberPath(tenant, user)]))[0] !== undefined
