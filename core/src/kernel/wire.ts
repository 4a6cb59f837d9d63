// The building blocks of every contract: ids, names, times and pages as they appear on the wire.
import * as z from 'zod'
import {
  type AssignmentId,
  drawn,
  type InvitationId,
  type KeyId,
  type OperationId,
  type OpId,
  prefixes,
  type RoleId,
  type ServiceId,
  type TeamId,
  type TenantId,
  tenantPattern,
  type UserId,
  userPattern,
  type WebhookId,
} from './ids.ts'
import { fromIso } from './time.ts'

// Cast: zod knows strings and patterns, the brand says which pattern.
const id = <Id extends string>(pattern: RegExp, what: string): z.ZodType<Id> =>
  z.string().regex(pattern, `This is not ${what}.`).meta({ description: what }) as unknown as z.ZodType<Id>

export const tenantId = id<TenantId>(tenantPattern, 'a tenant id')
export const agencyOrAccountId = id<TenantId>(/^(agy|acc)_[0-9A-Za-z]{22}$/, 'the id of an agency or account')
export const accountId = id<TenantId>(drawn(prefixes.account), 'an account id')
export const agencyId = id<TenantId>(drawn(prefixes.agency), 'an agency id')
export const userId = id<UserId>(userPattern, 'a user id')
export const serviceId = id<ServiceId>(drawn(prefixes.service), 'a service account id')
export const teamId = id<TeamId>(drawn(prefixes.team), 'a team id')
export const roleId = id<RoleId>(drawn(prefixes.role), 'the id of a custom role')
export const assignmentId = id<AssignmentId>(drawn(prefixes.assignment), 'an assignment id')
export const keyId = id<KeyId>(drawn(prefixes.key), 'an API key id')
export const invitationId = id<InvitationId>(drawn(prefixes.invitation), 'an invitation id')
export const operationId = id<OperationId>(drawn(prefixes.operation), 'an operation id')

export const opId = id<OpId>(drawn(prefixes.op), 'the id of an event')
export const webhookId = id<WebhookId>(drawn(prefixes.webhook), 'the id of a webhook')

/** What people type as a name; normalised and judged by `normalizeName`. */
export const rawName = z.string().min(1).max(200)

/** Why somebody does this: kept in the audit event. */
export const reason = z.string().min(3).max(500)

/** RFC 3339 in UTC, as in `2026-11-22T09:30:00.000Z`. */
export const moment = z.iso
  .datetime({ offset: true })
  // Zod takes more forms than `fromIso` reads: an end that cannot be read must never become "no end".
  .refine((text) => fromIso(text) !== undefined, 'This is not a moment with seconds, at most milliseconds, and a zone.')

/** What a write answered with: a point in the database's time, to the microsecond. */
export const revision = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/, 'This is not a revision.')

export const pageRequest = {
  /** At most this many items; 1 to 100. */
  limit: z.int().min(1).max(100).default(50),
  /** `nextPage` of the answer before. */
  page: z.string().max(200).optional(),
}

/** A page of items; `nextPage` is absent on the last one. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), nextPage: z.string().optional() })

export const principal = z
  .strictObject({ user: userId })
  .or(z.strictObject({ service: serviceId }))
  .meta({ description: 'a user or a service account' })

export const principalOrTeam = principal
  .or(z.strictObject({ team: teamId }))
  .meta({ description: 'a user, a service account or a team' })
