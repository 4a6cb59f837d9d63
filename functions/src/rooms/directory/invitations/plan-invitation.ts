// An invitation: a role offered to a mailbox, behind a secret of which only the hash is kept.
import { formatSecret } from '@latchkey/core/credentials/secret-format'
import { type CredentialId, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
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
  readonly now: Instant
}

export interface PlannedInvitation {
  readonly invitation: string
  readonly secret: string
  readonly expiresAt: Instant
  readonly writes: readonly Write[]
}

/** Mailboxes are compared in NFC, case-folded (DESIGN.md §8): compatibility forms are other mailboxes. */
export const foldMailbox = (email: string): string => email.normalize('NFC').toLowerCase().trim()

/** Draws the ids and the secret, so it runs before the transaction, once. */
export const planInvitation = (
  inviting: Inviting,
  draw: { readonly drawId: DrawId; readonly random: RandomBytes },
): PlannedInvitation => {
  const invitation = draw.drawId(prefixes.invitation)
  const { tenant } = inviting
  const drawn = drawSecret({ tenant, invitation, now: inviting.now }, draw)
  const fields = { ...shownFields(inviting, drawn.expiresAt), credential: drawn.credential }
  return {
    invitation,
    secret: drawn.secret,
    expiresAt: drawn.expiresAt,
    writes: [{ kind: 'create', path: invitationPath(tenant, invitation), fields }, drawn.write],
  }
}

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
  { drawId, random }: { readonly drawId: DrawId; readonly random: RandomBytes },
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
  const { role, reach, accounts, condition, until, reason, displayName } = inviting
  return {
    email: foldMailbox(inviting.email),
    role,
    reach,
    ...(accounts === undefined ? {} : { accounts }),
    ...(condition === undefined ? {} : { condition }),
    ...(until === undefined ? {} : { until: timestampOf(until) }),
    ...(reason === undefined ? {} : { reason }),
    ...(displayName === undefined ? {} : { displayName }),
    status: 'pending',
    founding: inviting.founding,
    invitedBy: inviting.invitedBy,
    invitedAt: timestampOf(inviting.now),
    expiresAt: timestampOf(expiresAt),
  }
}
