// The wire of custom roles and of looking before leaping: `roles/create`, `update`, `delete`, `list`, `preview`.
import * as z from 'zod'
import { catalogueDocument } from '../../catalogue/schema.ts'
import {
  agencyOrAccountId,
  assignmentId,
  moment,
  pageOf,
  pageRequest,
  rawName,
  reason,
  roleId,
  tenantId,
} from '../../kernel/wire.ts'
import { permissionName, roleName } from './names.ts'

/** Named one by one in a role; what it includes comes on top. */
export const maxNamedPermissions = 400
export const maxIncludes = 20
export const maxDenials = 200
export const maxKeyScopes = 200

const permissions = z.array(permissionName).max(maxNamedPermissions)
const includes = z
  .array(roleName)
  .max(maxIncludes)
  .meta({ description: 'built-in roles, or custom ones of this tenant' })
/** For people; an empty one is none. */
const description = z.string().max(300)
const version = z.iso.date()
const dryRun = z.boolean().optional().meta({ description: 'says what the change would do, and changes nothing' })

export const createRoleInput = z.strictObject({
  tenant: agencyOrAccountId,
  name: rawName,
  description: description.optional(),
  permissions,
  includes: includes.optional(),
})

export const updateRoleInput = z.strictObject({
  tenant: agencyOrAccountId,
  role: roleId,
  name: rawName.optional(),
  description: description.optional(),
  permissions: permissions.optional(),
  includes: includes.optional(),
  dryRun,
})

export const deleteRoleInput = z.strictObject({ tenant: agencyOrAccountId, role: roleId, reason: reason.optional() })
export const deleteRoleOutput = z.strictObject({ role: roleId, deleted: z.literal(true) })

const level = z.enum(['platform', 'agency', 'account'])

export const roleView = z.strictObject({
  /** A built-in role's name, or a custom role's id. */
  role: z.string(),
  name: z.string(),
  description: z.string().optional(),
  /** Where it can be given: at this kind of tenant, and below. */
  level,
  /** `here`: of the tenant asked about; `agency`: of the agency above it. */
  source: z.enum(['builtIn', 'agency', 'here']),
  /** Its own, by name; those of what it includes come on top. */
  permissions: z.array(z.string()),
  includes: z.array(z.string()),
  createdBy: z.string().optional(),
  createdAt: moment.optional(),
  updatedBy: z.string().optional(),
  updatedAt: moment.optional(),
})

export const listRolesInput = z.strictObject({ tenant: tenantId, ...pageRequest })
/** On the first page, also what can be given here without having been made here. */
export const listRolesOutput = pageOf(roleView).extend({
  builtIn: z.array(roleView).optional(),
  agency: z.array(roleView).optional(),
})

/** `contacts.read` exactly, or `contacts.*` for every action of `contacts`; no other wildcard. */
const denialPattern = z
  .string()
  .max(80)
  .regex(
    /^[a-z][A-Za-z0-9_-]*(\/[a-z][A-Za-z0-9_-]*)*(\.[a-z][A-Za-z0-9_-]*)*\.([a-z][A-Za-z0-9_-]*|\*)$/,
    'This is neither a permission nor `resource.*`.',
  )

const keyKinds = z.array(z.enum(['personal', 'service'])).max(2)
const scopeText = z.string().min(1).max(80)

/** As shown: what is absent caps nothing. */
const keyCaps = {
  maxKeyLifetimeDays: z.int().optional(),
  keyKinds: keyKinds.optional(),
  keyScopes: z.array(z.string()).optional(),
}

const guardrail = {
  deniedPermissions: z.array(denialPattern).max(maxDenials),
  /** API keys count for at most this many days after they were made. */
  maxKeyLifetimeDays: z.int().min(1).max(400).optional(),
  /** Only keys of these kinds count: people's own, or those of service accounts. None: no keys at all. */
  keyKinds: keyKinds.optional(),
  /** Keys count for these scopes only. */
  keyScopes: z.array(scopeText).max(maxKeyScopes).optional(),
}

export const getGuardrailInput = z.strictObject({ tenant: agencyOrAccountId })
export const getGuardrailOutput = z.strictObject({
  tenant: agencyOrAccountId,
  deniedPermissions: z.array(z.string()),
  ...keyCaps,
  /** What counts here: the denials of this tenant and of those above, the smallest of their maxima, what all of them let keys have. */
  effective: z.strictObject({
    denied: z.array(z.strictObject({ pattern: z.string(), tenants: z.array(z.string()) })),
    ...keyCaps,
  }),
})

export const setGuardrailInput = z.strictObject({ tenant: agencyOrAccountId, ...guardrail, reason, dryRun })

export const getCatalogueInput = z.strictObject({ tenant: tenantId, version: version.optional() })
export const getCatalogueOutput = z.strictObject({
  adopted: z.string(),
  head: z.string(),
  catalogue: catalogueDocument,
  /** What the agency added for its own products. */
  own: z.array(z.strictObject({ name: z.string(), levels: z.array(level) })),
})

export const adoptCatalogueInput = z.strictObject({ tenant: agencyOrAccountId, version, dryRun })

export const publishCatalogueInput = z.strictObject({ document: catalogueDocument, reason, dryRun })

export const previewInput = z.strictObject({
  tenant: tenantId,
  change: z.union([
    z.strictObject({
      role: z.strictObject({ role: roleId.optional(), permissions, includes: includes.optional() }),
    }),
    z.strictObject({ removeRole: roleId }),
    z.strictObject({ guardrail: z.strictObject(guardrail) }),
    z.strictObject({ catalogue: version }),
  ]),
  ...pageRequest,
})

/** Who would notice: holders of assignments that name a changed role, or whoever loses something to a guardrail. */
const affectedView = z.strictObject({
  tenant: tenantId,
  principal: z.string(),
  assignment: assignmentId.optional(),
  role: z.string().optional(),
  reach: z.enum(['node', 'subtree', 'listed']).optional(),
  /** How many permissions a guardrail takes from them here. */
  loses: z.int().optional(),
})

export const catalogueChangeView = z.strictObject({
  permissions: z.array(z.string()),
  /** Known before, with other levels or flags now. */
  changedPermissions: z.array(z.string()),
  scopes: z.array(z.string()),
  removedScopes: z.array(z.string()),
  narrowedScopes: z.array(z.strictObject({ scope: z.string(), removed: z.array(z.string()) })),
  deprecatedScopes: z.array(z.strictObject({ scope: z.string(), until: z.string(), replacedBy: z.string() })),
  roles: z.array(z.string()),
  changedRoles: z.array(z.strictObject({ role: z.string(), added: z.array(z.string()), removed: z.array(z.string()) })),
})

export const changeView = z.strictObject({
  /** Of the role itself; for a guardrail, what it gives back. */
  added: z.array(z.string()),
  /** Of the role itself; for a guardrail, what nobody may do any more. */
  removed: z.array(z.string()),
  /** Every role that changes, with how many permissions: the one edited, and those that include it. */
  roles: z.array(z.strictObject({ role: z.string(), added: z.int(), removed: z.int() })),
  /** Only at tenants where you may list assignments. `complete: false` when there are more than are looked at. */
  affected: pageOf(affectedView).extend({ total: z.int(), complete: z.boolean() }).optional(),
  /**
   * Of a guardrail that is only tried out: keys here and below that would count no more, and that would have fewer scopes; only for
   * whoever may list them. `complete: false`: at least so many, because there are more than are looked at.
   */
  keys: z.strictObject({ ending: z.int(), narrowed: z.int(), complete: z.boolean() }).optional(),
  catalogue: catalogueChangeView.optional(),
})

/** `saved: false` after a dry run. */
const saved = z.boolean()
export const updateRoleOutput = z.strictObject({ role: roleView, saved, change: changeView })
export const setGuardrailOutput = z.strictObject({
  tenant: agencyOrAccountId,
  deniedPermissions: z.array(z.string()),
  ...keyCaps,
  saved,
  change: changeView,
})
export const adoptCatalogueOutput = z.strictObject({ tenant: tenantId, version, saved, change: changeView })
export const publishCatalogueOutput = z.strictObject({ version, saved, change: catalogueChangeView })
