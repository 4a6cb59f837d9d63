// What is asked of a token beside its scopes: for which service, and for how long.
import * as z from 'zod'

/** A URI without user, query or fragment, as RFC 8707 §2 wants a resource to be named. */
export const audience = z
  .string()
  .max(255)
  .regex(
    /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$|^urn:[a-z0-9][a-z0-9-]{0,31}:[A-Za-z0-9._:/-]+$/,
    'This is not a URI that names an audience.',
  )

export const maxTokenSeconds = 600
export const lifetimeSeconds = z.int().min(30).max(maxTokenSeconds).default(maxTokenSeconds)
