// Which events an endpoint asks for: a type as the audit log names it, or the beginning of one and a star.
import { platformTenant, type TenantId } from '../kernel/ids.ts'

/** Rooms whose events stand in customers' own audit logs. Signing keys and jobs are the platform's, and so are their events. */
export const shownAreas = [
  ...['tenancy', 'directory', 'access', 'credentials', 'webhooks'],
  ...['oauth', 'impersonation', 'audit', 'notify', 'lifecycle'],
] as const

/** `*`, `directory.*`, `directory.member_*` or `directory.member_removed`. */
export const filterPattern = /^(\*|[a-z]{2,30}\.([a-z_]{0,60}\*|[a-z_]{1,60}))$/

const areaOf = (text: string): string => text.slice(0, text.indexOf('.'))

const isShown = (area: string): boolean => shownAreas.some((one) => one === area)

/** Whether an endpoint of this tenant may ask for it: a misspelt area would wait for ever. */
export const mayAskFor = (filter: string, tenant: TenantId): boolean =>
  filter === '*' || tenant === platformTenant || isShown(areaOf(filter))

/** Of an endpoint at `tenant`; `*` is all that may be seen there, and never more. */
export const asksFor = (filters: readonly string[], type: string, tenant: TenantId): boolean =>
  (tenant === platformTenant || isShown(areaOf(type))) &&
  filters.some((filter) => (filter.endsWith('*') ? type.startsWith(filter.slice(0, -1)) : type === filter))
