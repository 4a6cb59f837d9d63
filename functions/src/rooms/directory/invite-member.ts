// `members/invite`: offers a role to a mailbox, at most as much as the inviter holds.
import { inviteInput, inviteOutput } from '@latchkey/core/directory/contract'
import type { InvitationId } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import { fromIso, toIso } from '@latchkey/core/kernel/time'
import { operation } from '../../guard/definition.ts'
import type { DirectoryDependencies, Offer } from './dependencies.ts'
import { planInvitation } from './plan-invitation.ts'

export const inviteMember = ({ commit, loadFacts, checkOffer, drawId, random }: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'invite',
    summary: 'Offers a role to a mailbox. The secret is shown once and works once, for seven days.',
    input: inviteInput,
    output: inviteOutput,
    access: { permission: 'iam.members.invite' },
    tenant: (input) => input.tenant,
    effect: 'write',
    secrets: ['secret'],
    handler: ({ input, tenant, caller, now, commit: context }) => {
      const offer: Offer = {
        tenant,
        role: input.role,
        reach: input.reach,
        accounts: input.accounts,
        condition: input.condition,
        until: input.assignmentExpiresAt === undefined ? undefined : fromIso(input.assignmentExpiresAt),
        reason: input.reason,
      }
      const planned = planInvitation(
        { ...offer, email: input.email, displayName: input.displayName, invitedBy: caller.principal, now },
        { drawId, random },
      )
      return commit(context, {
        tenant,
        plan: async (read) => {
          const facts = await loadFacts(read, caller, tenant)
          if (!facts.ok) return facts
          const checked = await checkOffer(read, facts.value, offer, now)
          if (!checked.ok) return checked
          return ok({
            writes: planned.writes,
            frames: [],
            event: {
              type: 'directory.member_invited',
              targets: [`invitation:${planned.invitation}`],
              details: { role: input.role },
            },
            outcome: { invitation: planned.invitation as InvitationId, expiresAt: toIso(planned.expiresAt) }, // just drawn
          })
        },
        answer: (outcome) => ({ ...outcome, secret: planned.secret }),
      })
    },
  })
