// Permissions that an agency adds for its own products: `own/<type>.<action>`, in a namespace and a range of numbers of their own.
import type { PermissionEntry, TenantLevel } from './schema.ts'

/** The catalogue's numbers stay below, so that the two can never meet in one set. */
export const firstOwnNumber = 4_096
/** A number is never used twice, not even after its permission is gone. */
export const lastOwnNumber = firstOwnNumber + 1_999
/** Live ones of one agency, so that its policy document stays small. */
export const maxOwnPermissions = 500

// Product teams bring names of their own: underscores are theirs, dots and slashes are ours.
export const ownTypePattern = /^[a-z][A-Za-z0-9_-]{0,39}$/
export const ownActionPattern = /^[a-z][A-Za-z0-9_-]{0,39}$/
const namePattern = /^own\/[a-z][A-Za-z0-9_-]{0,39}\.[a-z][A-Za-z0-9_-]{0,39}$/

export const isOwnPermissionName = (name: string): boolean => namePattern.test(name)

export const ownPermissionName = (type: string, action: string): string => `own/${type}.${action}`

/** Undefined for a number outside the range of own permissions. */
export const ownPermissionEntry = (
  name: string,
  number: number,
  levels: readonly TenantLevel[],
): PermissionEntry | undefined =>
  number < firstOwnNumber || number > lastOwnNumber
    ? undefined
    : { number, name, area: 'own', title: name, levels, worksOn: ['active'] }
