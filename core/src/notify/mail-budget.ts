// How many mails go out in a day: no tenant takes all of them, and what is about security always has some left (CATALOGUE C-144, F-45).

export interface Sent {
  readonly plain: number
  readonly security: number
}

/** Of all mails of a day these stay for security alone. */
const reservedShare = 0.2
/** The most that one tenant causes in a day; as much again for security. */
const tenantShare = 0.05

export const mayMail = (
  { security }: { readonly security: boolean },
  sent: { readonly tenant: Sent; readonly all: Sent },
  perDay: number,
): boolean => {
  const ofTenant = Math.max(1, Math.floor(perDay * tenantShare))
  if (security) return sent.tenant.security < ofTenant && sent.all.plain + sent.all.security < perDay
  return sent.tenant.plain < ofTenant && sent.all.plain < Math.floor(perDay * (1 - reservedShare))
}
