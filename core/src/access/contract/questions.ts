// The wire of `access/*`.
import * as z from 'zod'
import { principal, tenantId } from '../../kernel/wire.ts'
import { permissionName } from './names.ts'
import { resourceInput } from './resource.ts'

export const checkInput = z.strictObject({
  tenant: tenantId,
  permission: permissionName,
  /** Whose right is asked about; the caller's own when absent. */
  principal: principal.optional(),
  resource: resourceInput.optional(),
})
export const checkOutput = z.strictObject({
  allowed: z.boolean(),
  /** `allowed`, or the stable reason of the denial. */
  code: z.string(),
  permission: z.string(),
  missing: z.array(z.string()).optional(),
})
