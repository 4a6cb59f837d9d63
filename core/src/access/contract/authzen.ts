// The wire of AuthZEN's Authorization API 1.0. Its clients may send fields that nobody here knows: they are dropped, never refused.
import * as z from 'zod'
import { tenantId } from '../../kernel/wire.ts'

const text = z.string().min(1).max(200)
const loose = z.record(z.string().max(80), z.unknown())

const subject = z.object({ type: text, id: text, properties: loose.optional() })
const action = z.object({ name: text, properties: loose.optional() })
const resource = z.object({ type: text, id: text, properties: loose.optional() })
/** `tenant` says where; the credential's own tenant when absent. Time and address are the server's, whatever is said here. */
const context = z.looseObject({ tenant: tenantId.optional() })

export const evaluationInput = z.object({ subject, action, resource, context: context.optional() })
export const evaluationOutput = z.strictObject({
  decision: z.boolean(),
  /** Of a denial: the stable code, as in `access/check`. */
  context: z.strictObject({ code: z.string(), error: z.string().optional() }).optional(),
})

/** Without `evaluations` it is one evaluation. In an item, an entity replaces the one above it as a whole (AuthZEN 1.0 §7). */
export const evaluationsInput = z.object({
  subject: subject.optional(),
  action: action.optional(),
  resource: resource.optional(),
  context: context.optional(),
  options: z
    .object({
      evaluations_semantic: z
        .enum(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'])
        .default('execute_all'),
    })
    .optional(),
  evaluations: z
    .array(
      z.object({
        subject: subject.optional(),
        action: action.optional(),
        resource: resource.optional(),
        context: z.looseObject({}).optional(),
      }),
    )
    .max(100)
    .optional(),
})
export const evaluationsOutput = z
  .strictObject({ evaluations: z.array(evaluationOutput) })
  .or(evaluationOutput)
  .meta({ description: 'one decision an item, or a single one' })

const page = z.object({ limit: z.int().min(1).max(100).default(50), token: z.string().max(300).optional() }).optional()
const pageOut = z.strictObject({
  /** Empty at the end of the results. */
  next_token: z.string(),
})
const results = <Item extends z.ZodType>(item: Item) => z.strictObject({ results: z.array(item), page: pageOut })

/** An id on the entity that is searched for changes nothing (AuthZEN 1.0 §8). */
const searched = z.object({ type: text, properties: loose.optional() })

export const searchSubjectInput = z.object({ subject: searched, action, resource, context: context.optional(), page })
export const searchSubjectOutput = results(z.strictObject({ type: z.string(), id: z.string() }))
export const searchResourceInput = z.object({ subject, action, resource: searched, context: context.optional(), page })
export const searchResourceOutput = results(z.strictObject({ type: z.string(), id: z.string() }))
export const searchActionInput = z.object({ subject, resource, context: context.optional(), page })
export const searchActionOutput = results(z.strictObject({ name: z.string() }))
