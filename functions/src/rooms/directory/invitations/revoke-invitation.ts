// `members/revokeInvitation`: withdraws an offer that nobody took up; its secret dies in the same transaction.
import { revokeInvitationInput, revokeInvitationOutput } from '@latchkey/core/directory/contract/invitations'
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import { timestampOf } from '../../../platform/store/reader.ts'
import type { DirectoryDependencies } from '../dependencies.ts'
import { deadSecret, invitationPath } from './plan-invitation.ts'

const permission = 'iam.invitations.revoke'

export const revokeInvitation = (dependencies: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'revokeInvitation',
    summary: 'Withdraws an invitation that nobody has taken up.',
    input: revokeInvitationInput,
    output: revokeInvitationOutput,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) => {
      const { input, tenant, now, caller, commit } = admitted
      return dependencies.commit(commit, {
        tenant,
        plan: async (read) => {
          const facts = await freshFacts(read, admitted, permission, dependencies)
          if (!facts.ok) return facts
          const path = invitationPath(tenant, input.invitation)
          const [fields] = await read.getAll([path])
          if (fields === undefined) return err(iamError('not_found'))
          // An expired one is still pending in the store: withdrawn, it cannot be sent again.
          if (fields['status'] !== 'pending')
            return err(iamError('conflict', { detail: `It is ${String(fields['status'])} already.` }))
          const revoked = { status: 'revoked', revokedBy: caller.principal, revokedAt: timestampOf(now) }
          return ok({
            writes: [{ kind: 'update' as const, path, fields: revoked }, deadSecret(fields)],
            event: {
              type: 'directory.invitation_revoked',
              targets: [`invitation:${input.invitation}`],
              ...(input.reason === undefined ? {} : { reason: input.reason }),
            },
            outcome: { invitation: input.invitation, status: 'revoked' as const },
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })
