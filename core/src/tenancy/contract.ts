// The wire of `tenants/*`: what goes in and what comes out.
import * as z from 'zod'
import {
  accountId,
  agencyId,
  agencyOrAccountId,
  invitationId,
  moment,
  operationId,
  pageOf,
  pageRequest,
  rawName,
  reason,
  tenantId,
} from '../kernel/wire.ts'

export const tenantView = z.strictObject({
  tenant: tenantId,
  kind: z.enum(['platform', 'agency', 'account']),
  name: z.string(),
  parent: tenantId.optional(),
  status: z.enum(['active', 'suspended', 'deleted']),
  createdAt: moment,
  /** Why it is suspended. */
  statusReason: z.string().optional(),
})

/** An agency is made under the platform and names its owner by invitation; an account is made under its agency. */
export const createTenantInput = z.strictObject({
  parent: tenantId,
  name: rawName,
  /** Mailbox of the first owner; required for an agency, optional for an account. */
  ownerEmail: z.email().max(254).optional(),
})
export const createTenantOutput = z.strictObject({
  tenant: tenantId,
  kind: z.enum(['agency', 'account']),
  name: z.string(),
  invitation: z
    .strictObject({
      invitation: invitationId,
      /** Shown once; who holds it and the mailbox becomes the owner. */
      secret: z.string(),
      expiresAt: moment,
    })
    .optional(),
})

export const tenantInput = z.strictObject({ tenant: tenantId })
export const reasonedTenantInput = z.strictObject({ tenant: agencyOrAccountId, reason })

/** Without `parent`: the tenants where the caller has an assignment. With it: the accounts of an agency or the agencies of the platform. */
export const listTenantsInput = z.strictObject({ parent: tenantId.optional(), ...pageRequest })
export const listTenantsOutput = pageOf(tenantView)

export const updateTenantInput = z.strictObject({ tenant: agencyOrAccountId, name: rawName })

export const deleteTenantInput = z.strictObject({
  tenant: agencyOrAccountId,
  reason,
  /** The tenant's present name, typed again: a deletion cannot be undone. */
  confirmName: rawName,
})
export const deleteTenantOutput = z.strictObject({
  tenant: agencyOrAccountId,
  status: z.literal('deleted'),
  /** Set for an agency: the marking of its accounts goes on behind this id. */
  operation: operationId.optional(),
})

export const moveTenantInput = z.strictObject({
  tenant: accountId,
  /** The agency that it joins. */
  to: agencyId,
  reason,
})
/** `from`: the platform for one that a restore had put there. */
export const moveTenantOutput = z.strictObject({ tenant: accountId, from: tenantId, to: agencyId })

export const statusOutput = z.strictObject({ tenant: tenantId, status: z.enum(['active', 'suspended']) })

/** What the caller may list live from Firestore under this tenant, until when. */
export const enterOutput = z.strictObject({
  tenant: tenantId,
  agency: tenantId,
  kind: z.enum(['agency', 'account']),
  name: z.string(),
  see: z.array(z.enum(['members', 'teams', 'roles', 'assignments', 'apiKeys'])),
  until: moment,
})

export const operationInput = z.strictObject({ tenant: tenantId, operation: operationId })
export const operationView = z.strictObject({
  operation: operationId,
  kind: z.string(),
  status: z.enum(['running', 'done', 'failed']),
  /** Things worked on so far. */
  done: z.int(),
  startedAt: moment,
  finishedAt: moment.optional(),
})
