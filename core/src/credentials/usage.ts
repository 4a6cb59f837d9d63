// The wire of `POST /v1/usage`: what a process of a service has seen since it last said so, and what it may let through next.
import * as z from 'zod'
import { permissionName } from '../access/contract/names.ts'

const count = z.int().min(0).max(100_000_000)
/** The id of a secret, as in its text and in the `gid` of its tokens. */
const secretId = z.string().regex(/^[0-9A-Za-z]{22}$/)
/** Milliseconds since the epoch. */
const moment = z.int().min(0)
const code = z.string().regex(/^[a-z_]{1,40}$/)

/** Drawn by a process when it starts. */
export const processId = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/)
export const leaseView = z.strictObject({ perSecond: z.number(), seconds: z.number() })

export const usageInput = z.strictObject({
  process: processId,
  uses: z
    .array(z.strictObject({ secret: secretId, count, denied: count, lastUsedAt: moment }))
    .max(1_000)
    .default([]),
  /** A few of each kind. */
  denials: z
    .array(z.strictObject({ secret: secretId, permission: permissionName, code, count }))
    .max(100)
    .default([]),
  /** Where a legacy check and Latchkey did not say the same. */
  differences: z
    .array(
      z.strictObject({
        permission: permissionName,
        ours: z.enum(['allowed', 'denied', 'unknown']),
        legacy: z.enum(['allowed', 'denied', 'unknown']),
        count,
      }),
    )
    .max(100)
    .default([]),
  /** Of each key with a rate plan that was used lately, one secret. */
  leases: z.array(secretId).max(100).default([]),
})
export type UsageReport = z.output<typeof usageInput>

export const usageOutput = z.strictObject({
  /** By key: uses a second that this process may let through for `seconds`, with all its secrets; a key that is missing keeps what it had. */
  leases: z.record(z.string(), leaseView),
})
