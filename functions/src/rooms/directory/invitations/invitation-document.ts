// `tenants/{T}/invitations/{I}`: the offer in it, and what people see of it; never its secret nor what it is checked with.
import type { Reach } from '@latchkey/core/access/facts'
import { invitationView } from '@latchkey/core/directory/contract/invitations'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { type Instant, isOver, toIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import { type DocumentFields, instantIn, type StoredDocument } from '../../../platform/store/reader.ts'
import type { Offer } from '../dependencies.ts'

export type InvitationView = z.output<typeof invitationView>

export const offerIn = (tenant: TenantId, fields: DocumentFields): Offer => {
  const text = (name: string): string | undefined => (typeof fields[name] === 'string' ? fields[name] : undefined)
  return {
    tenant,
    role: String(fields['role']),
    reach: fields['reach'] as Reach, // written by planInvitation
    accounts: fields['accounts'] as readonly TenantId[] | undefined, // written by planInvitation
    condition: text('condition'),
    until: instantIn(fields['until']),
    reason: text('reason'),
  }
}

/** `expired` is a fact of the clock, not of the store (CATALOGUE I-61). */
export const invitationStatus = (fields: DocumentFields, now: Instant): unknown =>
  fields['status'] === 'pending' && isOver(instantIn(fields['expiresAt']), now) ? 'expired' : fields['status']

/** Undefined for what is not whole, which hides no other (CATALOGUE I-86). */
export const invitationViewOf = (
  tenant: TenantId,
  { id, fields }: StoredDocument,
  now: Instant,
): InvitationView | undefined => {
  const { role, reach, accounts } = offerIn(tenant, fields)
  return invitationView.safeParse({
    invitation: id,
    tenant,
    email: fields['email'],
    role,
    reach,
    ...(accounts === undefined ? {} : { accounts }),
    invitedBy: fields['invitedBy'],
    invitedAt: isoOf(fields['invitedAt']),
    expiresAt: isoOf(fields['expiresAt']),
    status: invitationStatus(fields, now),
  }).data
}

const isoOf = (value: unknown): string | undefined => {
  const at = instantIn(value)
  return at === undefined ? undefined : toIso(at)
}
