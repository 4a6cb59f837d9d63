// `members/invite`: offers a role to a mailbox, at most as much as the inviter holds.
import { inviteInput, inviteOutput } from '@latchkey/core/directory/contract/invitations'
import type { InvitationId } from '@latchkey/core/kernel/ids'
import { normalizeName } from '@latchkey/core/kernel/names'
import { ok } from '@latchkey/core/kernel/result'
import { fromIso, toIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { DirectoryDependencies, Offer } from '../dependencies.ts'
import { type PlannedInvitation, planInvitation } from './plan-invitation.ts'

type Input = z.output<typeof inviteInput>

export const inviteMember = (dependencies: DirectoryDependencies) =>
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
    handler: async (admitted) => {
      const { input, caller, now } = admitted
      const name = input.displayName === undefined ? ok(undefined) : normalizeName(input.displayName, 'displayName')
      if (!name.ok) return name
      const offer = offerOf(input)
      const about = {
        email: input.email,
        displayName: name.value,
        invitedBy: caller.principal,
        founding: false,
        now,
      }
      const planned = planInvitation({ ...offer, ...about }, dependencies)
      return dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: (read) => plan(read, admitted, { offer, planned }, dependencies),
        answer: (outcome) => ({ ...outcome, secret: planned.secret }),
      })
    },
  })

const offerOf = (input: Input): Offer => ({
  tenant: input.tenant,
  role: input.role,
  reach: input.reach,
  accounts: input.accounts,
  condition: input.condition,
  until: input.assignmentExpiresAt === undefined ? undefined : fromIso(input.assignmentExpiresAt),
  reason: input.reason,
})

interface Offering {
  readonly offer: Offer
  readonly planned: PlannedInvitation
}

const plan = async (
  read: Reader,
  { caller, tenant, now }: Admitted<Input>,
  { offer, planned }: Offering,
  { loadFacts, checkOffer }: DirectoryDependencies,
) => {
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
      details: { role: offer.role },
    },
    outcome: { invitation: planned.invitation as InvitationId, expiresAt: toIso(planned.expiresAt) }, // just drawn
  })
}
