// An invitation: a role offered to a mailbox, behind a secret of which only the hash is kept.
import { formatSecret } from '@latchkey/core/credentials/secret-format'
import { type CredentialId, prefixes } from '@latchkey/core/kernel/ids'
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
  const credential = draw.drawId() as CredentialId // just drawn
  const secret = formatSecret('inv', credential, draw.random(32))
  const expiresAt = plusSeconds(inviting.now, invitationLifeSeconds)
  const { tenant } = inviting
  const hidden = {
    kind: 'inv',
    hash: sha256(secret),
    tenant,
    invitation,
    status: 'active',
    notAfter: timestampOf(expiresAt),
  }
  return {
    invitation,
    secret,
    expiresAt,
    writes: [
      { kind: 'create', path: `tenants/${tenant}/invitations/${invitation}`, fields: shownFields(inviting, expiresAt) },
      { kind: 'create', path: `credentials/${credential}`, fields: hidden },
    ],
  }
}

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
