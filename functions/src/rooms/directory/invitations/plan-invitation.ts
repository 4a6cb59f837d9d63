// An invitation: a role offered to a mailbox, behind a secret of which only the hash is kept.
import { formatSecret } from '@latchkey/core/credentials/secret-format'
import { type CredentialId, type InvitationId, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import { days, type Instant, plusSeconds } from '@latchkey/core/kernel/time'
import type { DrawId, RandomBytes } from '../../../platform/random.ts'
import { sha256 } from '../../../platform/seal.ts'
import { type DocumentFields, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { Offer } from '../dependencies.ts'

/** An invitation that nobody took up is worth nothing after this long. */
export const invitationLifeSeconds = days(7)

export interface Inviting extends Offer {
  readonly email: string
  readonly displayName: string | undefined
  readonly invitedBy: PrincipalRef
  /** Part of founding a tenant: the offer rests on that operation, not on what its maker holds inside (ADR 0004). */
  readonly founding: boolean
  /** Of an account, the placement that it has now. */
  readonly placement: string | undefined
  readonly now: Instant
}

export interface PlannedInvitation {
  readonly invitation: string
  readonly secret: string
  readonly expiresAt: Instant
  readonly writes: readonly Write[]
}

export interface DrawnInvitation extends DrawnSecret {
  readonly invitation: InvitationId
}

type Draw = { readonly drawId: DrawId; readonly random: RandomBytes }

/** Mailboxes are compared in NFC, case-folded (DESIGN.md §8): compatibility forms are other mailboxes. */
export const foldMailbox = (email: string): string => email.normalize('NFC').toLowerCase().trim()

/** Draws the ids and the secret, so it runs before the transaction, once. */
export const drawInvitation = (
  { tenant, now }: { readonly tenant: TenantId; readonly now: Instant },
  draw: Draw,
): DrawnInvitation => {
  const invitation = draw.drawId(prefixes.invitation) as InvitationId // just drawn
  return { invitation, ...drawSecret({ tenant, invitation, now }, draw) }
}

export const invitationWrites = (drawn: DrawnInvitation, inviting: Inviting): readonly Write[] => [
  {
    kind: 'create',
    path: invitationPath(inviting.tenant, drawn.invitation),
    fields: { ...shownFields(inviting, drawn.expiresAt), credential: drawn.credential },
  },
  drawn.write,
]

/** Both at once, where nothing of the offer depends on what a transaction reads. */
export const planInvitation = (inviting: Inviting, draw: Draw): PlannedInvitation => {
  const drawn = drawInvitation(inviting, draw)
  const { invitation, secret, expiresAt } = drawn
  return { invitation, secret, expiresAt, writes: invitationWrites(drawn, inviting) }
}

/** An offer in an account is good at the placement it was made at: whoever moves the account has agreed to none (ADR 0014). */
export const placementOf = ({
  kind,
  placementId,
}: {
  readonly kind?: unknown
  readonly placementId?: unknown
}): string | undefined => (kind === 'account' ? String(placementId) : undefined)

export const invitationPath = (tenant: TenantId, invitation: string): string =>
  `tenants/${tenant}/invitations/${invitation}`

export interface DrawnSecret {
  readonly credential: CredentialId
  readonly secret: string
  readonly expiresAt: Instant
  readonly write: Write
}

/** A secret for an invitation, and the credential that keeps its hash. Drawn before the transaction. */
export const drawSecret = (
  of: { readonly tenant: TenantId; readonly invitation: string; readonly now: Instant },
  { drawId, random }: Draw,
): DrawnSecret => {
  const credential = drawId() as CredentialId // just drawn
  const secret = formatSecret('inv', credential, random(32))
  const expiresAt = plusSeconds(of.now, invitationLifeSeconds)
  const fields = {
    kind: 'inv',
    hash: sha256(secret),
    tenant: of.tenant,
    invitation: of.invitation,
    status: 'active',
    notAfter: timestampOf(expiresAt),
  }
  return {
    credential,
    secret,
    expiresAt,
    write: { kind: 'create', path: `credentials/${credential}`, fields },
  }
}

/** The write that kills the present secret of an invitation. */
export const deadSecret = (fields: DocumentFields): Write => ({
  kind: 'update',
  path: `credentials/${String(fields['credential'])}`,
  fields: { status: 'revoked' },
})

const shownFields = (inviting: Inviting, expiresAt: Instant): DocumentFields => {
  const { role, reach, accounts, condition, until, reason, displayName, placement } = inviting
  return {
    email: foldMailbox(inviting.email),
    role,
    reach,
    ...(accounts === undefined ? {} : { accounts }),
    ...(condition === undefined ? {} : { condition }),
    ...(until === undefined ? {} : { until: timestampOf(until) }),
    ...(reason === undefined ? {} : { reason }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(placement === undefined ? {} : { placement }),
    status: 'pending',
    founding: inviting.founding,
    invitedBy: inviting.invitedBy,
    invitedAt: timestampOf(inviting.now),
    expiresAt: timestampOf(expiresAt),
  }
}
