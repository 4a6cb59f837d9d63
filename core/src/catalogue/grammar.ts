// The exact grammar of permission, scope and built-in role names: no wildcards, no empty segments, nothing outside ASCII.

const maxLength = 80
const segment = '[a-z][A-Za-z0-9-]*'
const path = `${segment}(?:/${segment})*`

// `iam` is ours alone: its permissions have three parts, and no product may be called by that name.
const permissionName = new RegExp(`^(?:iam\\.${segment}\\.${segment}|(?!iam[./])${path}\\.${segment})$`)
// A scope may speak of `iam/…`, but never looks like one of IAM's permissions.
const scopeName = new RegExp(`^(?!iam\\.)${path}\\.${segment}$`)
const roleName = new RegExp(`^(?:platform|agency|account)\\.${segment}$`)

const matches = (pattern: RegExp, name: string): boolean => name.length <= maxLength && pattern.test(name)

/** `resource(/sub)*.action`, or `iam.resource.action`. */
export const isPermissionName = (name: string): boolean => matches(permissionName, name)

/** `product(/sub)*.readonly`, `.write` or another verb. */
export const isScopeName = (name: string): boolean => matches(scopeName, name)

/** `level.name`: only built-in roles are named so; a custom role has an id. */
export const isRoleName = (name: string): boolean => matches(roleName, name)
