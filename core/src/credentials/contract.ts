// The wire of `apiKeys/*` and of `POST /v1/credentials/verify`.
import * as z from 'zod'
import { permissionName } from '../access/contract/names.ts'
import { resourceInput } from '../access/contract/resource.ts'
import {
  accountId,
  keyId,
  moment,
  pageOf,
  pageRequest,
  rawName,
  reason,
  revision,
  serviceId,
  tenantId,
} from '../kernel/wire.ts'

export const scopeName = z
  .string()
  .max(80)
  .regex(
    /^[a-z][A-Za-z0-9_-]*(\/[a-z][A-Za-z0-9_-]*)*\.[a-z][A-Za-z0-9_-]*$/,
    'This is not a scope: names are exact, without wildcards.',
  )

export const createKeyInput = z.strictObject({
  tenant: tenantId,
  name: rawName,
  scopes: z.array(scopeName).min(1).max(100),
  /** Only these accounts of the agency. */
  accounts: z.array(accountId).min(1).max(100).optional(),
  /** The service account that owns the key; the caller when absent. */
  service: serviceId.optional(),
  /** Absent: 90 days. At most 400 days. */
  expiresAt: moment.optional(),
})

export const keyView = z.strictObject({
  key: keyId,
  tenant: tenantId,
  name: z.string(),
  owner: z.string(),
  scopes: z.array(z.string()),
  accounts: z.array(accountId).optional(),
  /** `expired` is computed from the clock, never stored. */
  status: z.enum(['active', 'revoked', 'expired']),
  /** Prefix and last four characters. */
  hint: z.string(),
  createdAt: moment,
  createdBy: z.string(),
  expiresAt: moment,
  lastUsedAt: moment.optional(),
})

export const createKeyOutput = z.strictObject({
  key: keyView,
  /** Shown once: it is stored only as a hash. */
  secret: z.string(),
})

export const keyInput = z.strictObject({ tenant: tenantId, key: keyId })
export const revokeKeyInput = z.strictObject({ tenant: tenantId, key: keyId, reason: reason.optional() })
export const listKeysInput = z.strictObject({ tenant: tenantId, ...pageRequest })
export const listKeysOutput = pageOf(keyView)

export const verifyInput = z.strictObject({
  /** The whole credential as the client presented it. */
  credential: z.string().min(1).max(500),
  /** Where it is used; the credential's own tenant when absent. */
  tenant: tenantId.optional(),
  /** Permissions to decide; at most 20. */
  permissions: z.array(permissionName).max(20).default([]),
  resource: resourceInput.optional(),
  /** The revision of a write that this must see; else the answer may be five seconds old. */
  atLeast: revision.optional(),
})

/** 200 also for a bad credential: the question was answered. */
export const verifyOutput = z.strictObject({
  active: z.boolean(),
  /** `active`, or why not: `invalid_token`, or a denial of the credential's owner. */
  code: z.string(),
  credential: z.string().optional(),
  principal: z.string().optional(),
  tenant: tenantId.optional(),
  scopes: z.array(z.string()).optional(),
  expiresAt: moment.optional(),
  permissions: z.array(z.strictObject({ permission: z.string(), allowed: z.boolean(), code: z.string() })).optional(),
})
