// The wire of `access/*`: may they, why, who, what, with which token, and what was refused.
import * as z from 'zod'
import { keyId, moment, pageOf, pageRequest, principal, revision, tenantId } from '../../kernel/wire.ts'
import { permissionName } from './names.ts'
import { properties, resourceInput } from './resource.ts'
import { audience, lifetimeSeconds } from './token-request.ts'

const asked = {
  tenant: tenantId,
  permission: permissionName,
  /** Whose right is asked about; the caller's own when absent. */
  principal: principal.optional(),
  /** By type and id it is looked up in the registry; what is said of it beside that needs `iam.attributes.assert`. */
  resource: resourceInput.optional(),
  /** What conditions see as `action`, beside the permission; needs `iam.attributes.assert`. */
  action: properties.optional(),
  /** The revision of a write that this must see; else the answer may be four seconds old. */
  atLeast: revision.optional(),
}

export const checkInput = z.strictObject({
  ...asked,
  /** The chain walked, each check and each assignment, in the answer. */
  trace: z.boolean().default(false),
})

const chainNode = z.strictObject({
  tenant: tenantId,
  kind: z.enum(['platform', 'agency', 'account']),
  status: z.enum(['active', 'suspended', 'deleted']),
  catalogueVersion: z.string(),
  denies: z.string().optional(),
})
const keyCapField = z.enum(['maxKeyLifetimeDays', 'keyKinds', 'keyScopes'])
const step = z.strictObject({
  check: z.string(),
  outcome: z.enum(['passed', 'refused', 'not_asked']),
  code: z.string().optional(),
  /** The guardrails that refuse a key: whose, by which field of `roles/setGuardrail`, and in words. */
  keyCaps: z.array(z.strictObject({ tenant: tenantId, field: keyCapField, detail: z.string() })).optional(),
})
const considered = z.strictObject({
  assignment: z.string(),
  through: z.string(),
  at: tenantId,
  role: z.string(),
  reach: z.enum(['node', 'subtree', 'listed']),
  outcome: z.string(),
  condition: z.string().optional(),
  expiresAt: moment.optional(),
})
export const traceView = z.strictObject({
  /** The check that decided. */
  decidedBy: z.string(),
  chain: z.array(chainNode),
  steps: z.array(step),
  considered: z.array(considered),
  /** Where the attributes of the resource and the action came from. */
  sources: z.array(z.enum(['registry', 'asserted'])),
})
/** What would turn the answer into a yes. */
const fix = z.strictObject({
  kind: z.string(),
  tenant: tenantId.optional(),
  assignment: z.string().optional(),
  roles: z.array(z.string()).optional(),
  scopes: z.array(z.string()).optional(),
  levels: z.array(z.string()).optional(),
  permission: z.string().optional(),
  condition: z.string().optional(),
  field: keyCapField.optional(),
})

export const checkOutput = z.strictObject({
  allowed: z.boolean(),
  /** `allowed`, or the stable reason of the denial. */
  code: z.string(),
  permission: z.string(),
  missing: z.array(z.string()).optional(),
  /** The oldest snapshot that this was decided on is no older than this. */
  trace: traceView.optional(),
})

/** A key of the tenant asked about, or of one above it: asked about as it is now, with all that it may do there. */
const ofKey = keyId.optional()

export const explainInput = z.strictObject({ ...asked, key: ofKey })
export const explainOutput = z.strictObject({
  allowed: z.boolean(),
  code: z.string(),
  permission: z.string(),
  missing: z.array(z.string()),
  trace: traceView,
  fixes: z.array(fix),
  /** People and service accounts that could give the permission here, as far as the caller may see them. */
  grantors: z.array(z.strictObject({ principal: z.string(), displayName: z.string().optional() })),
  /** There may be more of them: above, where the caller does not see, or beyond the few that are shown. */
  moreGrantors: z.boolean(),
})

export const whoCanInput = z.strictObject({
  tenant: tenantId,
  permission: permissionName,
  resource: resourceInput.optional(),
  action: properties.optional(),
  /** Only people, or only service accounts. */
  kind: z.enum(['user', 'service']).optional(),
  ...pageRequest,
})
export const whoCanOutput = z.strictObject({
  items: z.array(z.strictObject({ principal: z.string(), displayName: z.string().optional() })),
  /** Set while there are principals left to look at; a page may hold fewer items than asked for, even none. */
  nextPage: z.string().optional(),
  /** Whether people above the tenant were left out, because the caller does not see them. */
  hiddenAbove: z.boolean(),
})

export const whatCanInput = z.strictObject({
  tenant: tenantId,
  principal: principal.optional(),
  resource: resourceInput.optional(),
  action: properties.optional(),
  limit: z.int().min(1).max(500).default(500),
  page: z.string().max(200).optional(),
})
export const whatCanOutput = pageOf(
  z.strictObject({
    permission: z.string(),
    /** `allowed`, or `conditional`: only where a condition is met that this question left open. */
    outcome: z.enum(['allowed', 'conditional']),
    conditions: z.array(z.string()).optional(),
  }),
)

export const simulateTokenInput = z.strictObject({
  tenant: tenantId,
  principal: principal.optional(),
  /** Then what `POST /v1/credentials/exchange` would give for it, or its refusal; so, too, for whoever asks with a key. */
  key: ofKey,
  /** All that the key has when absent; needed where no key is asked about. */
  scopes: z.array(z.string().max(80)).min(1).max(100).optional(),
  audience: audience.optional(),
  lifetimeSeconds,
})
export const simulateTokenOutput = z.strictObject({
  /** The claims of the token that these scopes would be answered with. */
  claims: z.strictObject({
    iss: z.string(),
    sub: z.string(),
    aud: z.string(),
    /** Of a key: its id, and the secret that it would come from. */
    client_id: z.string().optional(),
    scope: z.string(),
    tenant: tenantId,
    agency: tenantId.optional(),
    plc: z.string(),
    gid: z.string().optional(),
    iat: z.int(),
    exp: z.int(),
  }),
  /** What the token could do at the tenant, now. */
  permissions: z.array(z.string()),
  conditional: z.array(z.string()),
  /** What its scopes name and it could not do, and why. */
  refused: z.array(z.strictObject({ permission: z.string(), code: z.string() })),
  /** Scopes that are left out, and why; `guardrail`: of the key, which a guardrail lets no key have. */
  dropped: z.array(
    z.strictObject({
      scope: z.string(),
      reason: z.enum(['unknown', 'not_at_this_level', 'nothing_held', 'guardrail']),
    }),
  ),
})

export const recentDenialsInput = z.strictObject({
  tenant: tenantId,
  /** Whose; the caller's own when absent. */
  principal: principal.optional(),
  /** Only those of one key or sign-in. */
  credential: z.string().max(100).optional(),
  ...pageRequest,
})
export const recentDenialsOutput = pageOf(
  z.strictObject({
    principal: z.string(),
    credential: z.string(),
    operation: z.string(),
    permission: z.string().optional(),
    code: z.string(),
    /** How often within the hour, as one instance counted. */
    count: z.int(),
    firstAt: moment,
    lastAt: moment,
  }),
)
