// How many mails go out in a day: no tenant takes all of them, and what is about security always has some left (CATALOGUE C-144, F-45).

export interface Sent {
  readonly plain: number
  readonly security: number
}

/** Of all mails of a day these stay for security alone. */
const reservedShare = 0.2
/** The most that one tenant causes in a day; as much again for security. */
const tenantShare = 0.05

export interface Budget {
  readonly perDay: number
  /** All mails are counted in so many parts, each with its share of the day. */
  readonly parts: number
}

export const mayMail = (
  { security }: { readonly security: boolean },
  /** `all`: in the part that counts this mail. */
  sent: { readonly tenant: Sent; readonly all: Sent },
  { perDay, parts }: Budget,
): boolean => {
  const ofTenant = Math.max(1, Math.floor(perDay * tenantShare))
  const ofPart = Math.floor(perDay / parts)
  if (security) return sent.tenant.security < ofTenant && sent.all.plain + sent.all.security < ofPart
  return sent.tenant.plain < ofTenant && sent.all.plain < Math.floor(ofPart * (1 - reservedShare))
}
