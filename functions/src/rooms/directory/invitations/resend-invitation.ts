// `members/resendInvitation`: a new secret and seven new days for an offer that nobody took up; the old secret is dead at once.
import { inviteOutput, resendInvitationInput } from '@latchkey/core/directory/contract/invitations'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { isTenantId } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { toIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import { type DocumentFields, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { DirectoryDependencies } from '../dependencies.ts'
import { offerIn } from './invitation-document.ts'
import { type DrawnSecret, deadSecret, drawSecret, invitationPath, placementOf } from './plan-invitation.ts'

type Input = z.output<typeof resendInvitationInput>

export const resendInvitation = (dependencies: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'resendInvitation',
    summary: 'Makes a new secret for an invitation that nobody has taken up. It is shown once, for seven days.',
    input: resendInvitationInput,
    output: inviteOutput,
    access: {
      signedIn: 'Decided inside: by who may invite there, or, for a founding invitation, by who may found there.',
    },
    tenant: (input) => input.tenant,
    effect: 'write',
    secrets: ['secret'],
    handler: async (admitted) => {
      const { input, tenant, now } = admitted
      const drawn = drawSecret({ tenant, invitation: input.invitation, now }, dependencies)
      return dependencies.commit(admitted.commit, {
        tenant,
        plan: (read) => plan(read, admitted, drawn, dependencies),
        answer: (outcome) => ({ ...outcome, secret: drawn.secret }),
      })
    },
  })

const plan = async (
  read: Reader,
  admitted: Admitted<Input>,
  drawn: DrawnSecret,
  dependencies: DirectoryDependencies,
) => {
  const { input, tenant, caller, now } = admitted
  const path = invitationPath(tenant, input.invitation)
  const [fields, node] = await read.getAll([path, `tenants/${tenant}`])
  const may = await mayResend(read, admitted, { fields, node }, dependencies)
  if (!may.ok) return may
  if (fields === undefined) return err(iamError('not_found'))
  if (fields['status'] !== 'pending')
    return err(iamError('conflict', { detail: `It is ${String(fields['status'])} already.` }))
  const expiresAt = timestampOf(drawn.expiresAt)
  const placement = placementOf(node ?? {})
  const renewed = {
    credential: drawn.credential,
    expiresAt,
    invitedBy: caller.principal,
    resentAt: timestampOf(now),
    ...(placement === undefined ? {} : { placement }),
  }
  return ok({
    writes: [deadSecret(fields), drawn.write, { kind: 'update' as const, path, fields: renewed }],
    event: {
      type: 'directory.invitation_resent',
      targets: [`invitation:${input.invitation}`],
      details: { role: String(fields['role']) },
    },
    outcome: { invitation: input.invitation, expiresAt: toIso(drawn.expiresAt) },
  })
}

interface Stored {
  readonly fields: DocumentFields | undefined
  readonly node: DocumentFields | undefined
}

/** Whoever resends makes the offer their own, so they must hold it; a founding one rests on founding instead (ADR 0004). */
const mayResend = async (
  read: Reader,
  admitted: Admitted<Input>,
  { fields, node }: Stored,
  dependencies: DirectoryDependencies,
): Promise<Result<void, IamError>> => {
  const { tenant, caller, now, request } = admitted
  const parent = String(node?.['parentId'])
  if (fields?.['founding'] === true && node?.['status'] === 'active' && isTenantId(parent)) {
    const above = await freshFacts(read, { tenant: parent, caller, now, request }, 'iam.tenants.create', dependencies)
    if (above.ok) return ok(undefined)
  }
  const facts = await freshFacts(read, admitted, 'iam.members.invite', dependencies)
  if (!facts.ok) return facts
  return fields === undefined ? ok(undefined) : dependencies.checkOffer(read, facts.value, offerIn(tenant, fields), now)
}
