// `members/invite`: offers a role to a mailbox, at most as much as the inviter holds.
import { inviteInput, inviteOutput } from '@latchkey/core/directory/contract/invitations'
import { normalizeName } from '@latchkey/core/kernel/names'
import { ok } from '@latchkey/core/kernel/result'
import { fromIso, toIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { DirectoryDependencies, Offer } from '../dependencies.ts'
import {
  type DrawnInvitation,
  drawInvitation,
  type Inviting,
  invitationWrites,
  placementOf,
} from './plan-invitation.ts'

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
      const drawn = drawInvitation({ tenant: input.tenant, now }, dependencies)
      return dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: (read) => plan(read, admitted, { ...offer, ...about, drawn }, dependencies),
        answer: (outcome) => ({ ...outcome, secret: drawn.secret }),
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

interface Offering extends Omit<Inviting, 'placement'> {
  readonly drawn: DrawnInvitation
}

const plan = async (
  read: Reader,
  { caller, tenant, now }: Admitted<Input>,
  { drawn, ...offer }: Offering,
  { loadFacts, checkOffer }: DirectoryDependencies,
) => {
  const facts = await loadFacts(read, caller, tenant)
  if (!facts.ok) return facts
  const checked = await checkOffer(read, facts.value, offer, now)
  if (!checked.ok) return checked
  const [here] = facts.value.chain
  const placement = here === undefined ? undefined : placementOf(here)
  return ok({
    writes: invitationWrites(drawn, { ...offer, placement }),
    event: {
      type: 'directory.member_invited',
      targets: [`invitation:${drawn.invitation}`],
      details: { role: offer.role },
    },
    outcome: { invitation: drawn.invitation, expiresAt: toIso(drawn.expiresAt) },
  })
}
