// Names of roles and permissions as they come over the wire: exact, without wildcards.
import * as z from 'zod'

export const roleName = z
  .string()
  .regex(/^([a-z]+\.[a-zA-Z]+|rol_[0-9A-Za-z]{22})$/, 'This is not a role.')
  .meta({ description: 'a built-in role such as `account.admin`, or the id of a custom role' })

export const permissionName = z
  .string()
  .max(80)
  .regex(
    // Underscores are there for an agency's own permissions.
    /^[a-z][A-Za-z0-9_-]*(\/[a-z][A-Za-z0-9_-]*)*(\.[a-z][A-Za-z0-9_-]*)+$/,
    'This is not a permission: names are exact, without wildcards.',
  )
