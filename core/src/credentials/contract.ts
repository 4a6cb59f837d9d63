// The wire of `apiKeys/*`, of `POST /v1/credentials/{verify,exchange}` and of `POST /v1/leaks`.
import * as z from 'zod'
import { permissionName } from '../access/contract/names.ts'
import { resourceInput } from '../access/contract/resource.ts'
import { audience, lifetimeSeconds } from '../access/contract/token-request.ts'
import {
  accountId,
  agencyOrAccountId,
  keyId,
  moment,
  pageOf,
  pageRequest,
  principal,
  rawName,
  reason,
  revision,
  serviceId,
  tenantId,
} from '../kernel/wire.ts'
import { canonicalRange, isAddress } from './ip-range.ts'
import { ratePlan } from './rate-plan.ts'

export const scopeName = z
  .string()
  .max(80)
  .regex(
    /^[a-z][A-Za-z0-9_-]*(\/[a-z][A-Za-z0-9_-]*)*\.[a-z][A-Za-z0-9_-]*$/,
    'This is not a scope: names are exact, without wildcards.',
  )

const scopes = z.array(scopeName).min(1).max(100)
const accounts = z.array(accountId).min(1).max(100)

/** IPv4 or IPv6, an address or CIDR; kept in one spelling, each once. */
const allowedAddresses = z
  .array(
    z
      .string()
      .max(50)
      .refine(
        (text) => canonicalRange(text) !== undefined,
        'This is neither an address nor a range with zero host bits.',
      ),
  )
  .min(1)
  .max(50)
  .transform((ranges) => [...new Set(ranges.map((text) => canonicalRange(text) ?? text))].sort())
  .meta({ description: 'addresses and ranges that the key may be used from' })

export const createKeyInput = z.strictObject({
  tenant: tenantId,
  name: rawName,
  scopes,
  /** Only these accounts of the agency. */
  accounts: accounts.optional(),
  /** The service account that owns the key; the caller when absent. */
  service: serviceId.optional(),
  /** Absent: 90 days. At most 400 days. */
  expiresAt: moment.optional(),
  /** Only from these addresses; from anywhere when absent. */
  allowedAddresses: allowedAddresses.optional(),
  rate: ratePlan.optional(),
})

/** Whether the change to a new secret has happened where the key is used. */
const rotationView = z.strictObject({
  startedAt: moment,
  /** The old secret is dead from here on. */
  endsAt: moment,
  oldHint: z.string(),
  oldLastUsedAt: moment.optional(),
  newLastUsedAt: moment.optional(),
})

export const keyView = z.strictObject({
  key: keyId,
  tenant: tenantId,
  name: z.string(),
  owner: z.string(),
  scopes: z.array(z.string()),
  accounts: z.array(accountId).optional(),
  /** `expired` is computed from the clock, never stored. */
  status: z.enum(['active', 'disabled', 'revoked', 'expired']),
  /** Prefix and last four characters. */
  hint: z.string(),
  createdAt: moment,
  createdBy: z.string(),
  /** The key that made it: whoever ends that one looks for these, too. */
  madeBy: keyId.optional(),
  expiresAt: moment,
  rate: ratePlan.optional(),
  lastUsedAt: moment.optional(),
  /** While two secrets work. */
  rotation: rotationView.optional(),
})

/** What is known of one secret and kept from lists: where it was used from. */
const secretView = z.strictObject({
  hint: z.string(),
  lastUsedAt: moment.optional(),
  /** Sampled: the address of the last use that was written down with one; services report uses without. */
  lastAddress: z.string().optional(),
})

export const keyDetails = keyView.extend({
  allowedAddresses: z.array(z.string()).optional(),
  /** The newest first; the old one only while it still works. */
  secrets: z.array(secretView).max(2),
})

export const createKeyOutput = z.strictObject({
  key: keyView,
  /** Shown once: it is stored only as a hash. */
  secret: z.string(),
})

export const keyInput = z.strictObject({ tenant: tenantId, key: keyId })
export const revokeKeyInput = z.strictObject({ tenant: tenantId, key: keyId, reason: reason.optional() })

/** Absent fields stay as they are; null takes a restriction away. */
export const updateKeyInput = z.strictObject({
  tenant: tenantId,
  key: keyId,
  name: rawName.optional(),
  scopes: scopes.optional(),
  accounts: accounts.nullable().optional(),
  expiresAt: moment.optional(),
  allowedAddresses: allowedAddresses.nullable().optional(),
  rate: ratePlan.nullable().optional(),
})

export const maxOverlapSeconds = 30 * 86_400

export const rotateKeyInput = z.strictObject({
  tenant: tenantId,
  key: keyId,
  /** How long the old secret goes on working beside the new one; 0 ends it at once. */
  overlapSeconds: z.int().min(0).max(maxOverlapSeconds),
  reason: reason.optional(),
})

export const revokeAllInput = z.strictObject({
  /** Not the platform: its entry would end its own keys alone, whatever it seems to say. */
  tenant: agencyOrAccountId,
  /** Only the keys of this owner; else all of this tenant and of those below it. */
  owner: principal.optional(),
  reason,
  dryRun: z.boolean().optional().meta({ description: 'says how many keys would end, and ends none' }),
})
export const revokeAllOutput = z.strictObject({
  /** Keys that lived and do not any more. */
  keys: z.int(),
  /** False when there are more than are counted; all of them end. */
  complete: z.boolean(),
  /** Whatever was made until here is dead. */
  notBefore: moment,
  saved: z.boolean(),
})

export const listKeysInput = z.strictObject({ tenant: tenantId, ...pageRequest })
export const listKeysOutput = pageOf(keyView)

export const verifyInput = z.strictObject({
  /** The whole API key as the client presented it. API keys only: access tokens are verified offline, by the published keys, and are not active here. */
  credential: z.string().min(1).max(4_000),
  /** Where it is used; the credential's own tenant when absent. */
  tenant: tenantId.optional(),
  /** Permissions to decide; at most 20. */
  permissions: z.array(permissionName).max(20).default([]),
  resource: resourceInput.optional(),
  /** The address that the client came from, as the asking service knows it; a key bound to addresses needs it. */
  address: z.string().refine(isAddress, 'This is no IP address.').optional(),
  /** The revision of a write that this must see; else the answer may be four seconds old. */
  atLeast: revision.optional(),
})

/** 200 also for a bad credential: the question was answered. */
export const verifyOutput = z.strictObject({
  active: z.boolean(),
  /**
   * `active`, or why not: `invalid_token`, a denial of the credential's owner, `address_required` or `restriction_failed` for a key
   * that is bound to addresses, `rate_limited` for one that is used too often.
   */
  code: z.string(),
  retryAfterSeconds: z.int().optional(),
  credential: z.string().optional(),
  principal: z.string().optional(),
  tenant: tenantId.optional(),
  scopes: z.array(z.string()).optional(),
  expiresAt: moment.optional(),
  permissions: z.array(z.strictObject({ permission: z.string(), allowed: z.boolean(), code: z.string() })).optional(),
})

export const exchangeInput = z.strictObject({
  /** Some of the key's own; all of them when absent. */
  scopes: scopes.optional(),
  /** The one service that the token is for; our own API when absent. */
  audience: audience.optional(),
  /** The key's own tenant when absent, or an account that the key covers. */
  tenant: tenantId.optional(),
  lifetimeSeconds,
})

/** RFC 6749 §5.1. */
export const exchangeOutput = z.strictObject({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
  scope: z.string(),
  tenant: tenantId,
})

const said = (longest: number) => z.string().max(longest).optional().catch(undefined)

/**
 * What secret scanners send (GitHub's partner programme). One odd entry must not save the keys in the others: fields that nobody knows or that
 * cannot be read are dropped, and what has no token is the empty text, which is no secret.
 */
export const leaksInput = z
  .array(
    z
      .object({ token: z.string().catch(''), type: said(100), url: said(2_000), source: said(100) })
      .catch({ token: '' }),
  )
  .min(1)
  .max(500)

/** By the form of the text alone: nobody learns whether a secret is or was one of ours. */
export const leaksOutput = z.array(
  z.strictObject({
    token_hash: z.string(),
    token_type: z.string(),
    label: z.enum(['true_positive', 'false_positive']),
  }),
)
