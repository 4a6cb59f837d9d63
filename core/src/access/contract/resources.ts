// The wire of `resources/*`: types that an agency adds for its own products, and single resources that a service registers.
import * as z from 'zod'
import { ownActionPattern, ownTypePattern } from '../../catalogue/own-permission.ts'
import { agencyOrAccountId, moment, pageOf, pageRequest, tenantId } from '../../kernel/wire.ts'
import { properties } from './resource.ts'

const ownType = z
  .string()
  .regex(ownTypePattern, 'A type is a letter and up to 39 letters, digits, - or _.')
  .meta({ description: 'a resource type of your own, as in `invoice`' })
const ownAction = z.strictObject({
  name: z.string().regex(ownActionPattern, 'An action is a letter and up to 39 letters, digits, - or _.'),
  title: z.string().min(1).max(100).optional(),
})
const levels = z
  .array(z.enum(['agency', 'account']))
  .min(1)
  .max(2)

export const registerTypeInput = z.strictObject({
  tenant: tenantId,
  type: ownType,
  title: z.string().min(1).max(100),
  /** All actions of the type; one that is left out is removed, and nobody holds it any more. */
  actions: z.array(ownAction).min(1).max(50),
  /** Where the permissions can be held; both when absent. */
  levels: levels.optional(),
})
export const typeView = z.strictObject({
  type: z.string(),
  title: z.string(),
  levels: z.array(z.string()),
  actions: z.array(z.strictObject({ name: z.string(), title: z.string(), permission: z.string() })),
})
export const listTypesInput = z.strictObject({ tenant: tenantId, ...pageRequest })
export const listTypesOutput = pageOf(typeView)

/** A type of the agency's own, or a resource of the catalogue, as in `contacts` or `calendars/events`. */
const resourceType = z
  .string()
  .max(80)
  .regex(/^[a-z][A-Za-z0-9_-]*(\/[a-z][A-Za-z0-9-]*)*$/, 'This is not a resource type.')
const resourceId = z.string().min(1).max(200)

export const putResourceInput = z.strictObject({
  tenant: agencyOrAccountId,
  type: resourceType,
  id: resourceId,
  /** Whose it is, as conditions compare it: a uid, or whatever id the product uses. */
  ownerId: z.string().min(1).max(200).optional(),
  properties: properties.optional(),
})
export const resourceView = z.strictObject({
  tenant: tenantId,
  type: z.string(),
  id: z.string(),
  ownerId: z.string().optional(),
  properties,
  updatedAt: moment,
})
export const resourceKeyInput = z.strictObject({ tenant: agencyOrAccountId, type: resourceType, id: resourceId })
export const deleteResourceOutput = z.strictObject({ type: z.string(), id: z.string(), deleted: z.literal(true) })
export const listResourcesInput = z.strictObject({ tenant: agencyOrAccountId, type: resourceType, ...pageRequest })
export const listResourcesOutput = pageOf(resourceView)
