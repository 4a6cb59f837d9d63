// The wire of what services load to decide by themselves: `GET /v1/{policy,grants,people,catalogue}`.
import * as z from 'zod'
import type { Json } from '../../kernel/canonical-json.ts'
import { isPrincipalRef, type PrincipalRef } from '../../kernel/principal.ts'
import { revision, tenantId, userId } from '../../kernel/wire.ts'

// Cast: zod knows strings, the guard says which.
const principalRef = z
  .string()
  .refine((text) => isPrincipalRef(text), 'This is not a principal.')
  .meta({ description: 'a principal, as in `user:…`, `service:…` or `team:…`' }) as unknown as z.ZodType<PrincipalRef>

/** Any JSON value. Cast: the same type, read-only. */
const json = z.json() as unknown as z.ZodType<Json>

export const policyInput = z.strictObject({ tenant: tenantId })
export const grantsInput = z.strictObject({ principal: principalRef, tenant: tenantId })
/** `tenant`: where the person is asked about. */
export const personInput = z.strictObject({ user: userId, tenant: tenantId })
export const catalogueInput = z.strictObject({ version: z.iso.date().or(z.literal('head')) })

/** A stored document as far as decisions look at it; moments are `{ "$at": milliseconds }`. */
export const servedDocument = z.strictObject({
  /** The snapshot that it was read from: nothing committed before it is missing. */
  asOf: revision,
  /** Null: it is not there. */
  document: z.record(z.string(), json).nullable(),
})
export type ServedDocument = z.output<typeof servedDocument>
