// The shape of a catalogue document: permissions, scopes and built-in roles under one version, immutable once published.
import * as z from 'zod'
import { MAX_PERMISSION_NUMBER } from './permission-set.ts'

export type { TenantKind as TenantLevel } from '../kernel/tenant.ts'

const level = z.enum(['platform', 'agency', 'account'])
const name = z.string().min(1).max(80)
const title = z.string().min(1).max(100)
const flag = z.literal(true).exactOptional()

const permissionEntry = z
  .strictObject({
    number: z.int().min(1).max(MAX_PERMISSION_NUMBER),
    name,
    area: z.string().min(1).max(40),
    title,
    /** The kinds of tenant on which the permission can be held. */
    levels: z.array(level).min(1).readonly(),
    /** The statuses in which that tenant may be; nothing works on a deleted one. */
    worksOn: z
      .array(z.enum(['active', 'suspended']))
      .min(1)
      .readonly(),
    /** Asks for a recent, strong login, and is refused to machines… */
    critical: flag,
    /** …unless this says otherwise. */
    machine: flag,
    /** Creates power: decided again inside the transaction that uses it. */
    mints: flag,
    /** Reaches the owner roles of tenants that have not adopted this version. */
    ownerDefault: flag,
  })
  .readonly()

const deprecation = z.strictObject({ from: z.iso.date(), until: z.iso.date(), replacedBy: name }).readonly()

const scopeEntry = z
  .strictObject({
    name,
    title,
    permissions: z.array(name).readonly(),
    levels: z.array(level).min(1).readonly(),
    aliases: z.array(name).min(1).readonly().exactOptional(),
    deprecated: deprecation.exactOptional(),
  })
  .readonly()

const roleEntry = z
  .strictObject({
    name,
    title,
    description: z.string().min(1).max(300),
    level,
    permissions: z.array(name).readonly(),
  })
  .readonly()

export const catalogueDocument = z
  .strictObject({
    version: z.iso.date(),
    permissions: z.array(permissionEntry).min(1).readonly(),
    scopes: z.array(scopeEntry).readonly(),
    roles: z.array(roleEntry).readonly(),
  })
  .readonly()

export type PermissionEntry = z.infer<typeof permissionEntry>
export type ScopeEntry = z.infer<typeof scopeEntry>
export type RoleEntry = z.infer<typeof roleEntry>
export type CatalogueDocument = z.infer<typeof catalogueDocument>
