// The line that every audit event leaves in the log, outside the database: what a restore learns from of what was done since its backup.
import * as z from 'zod'
import { moment } from '../../kernel/wire.ts'
import type { Taking } from './taken.ts'

/** A document's: one that the database would refuse would keep all else of its tenant from being done. */
const path = z
  .string()
  .max(1_500)
  .regex(/^[^/]+\/[^/]+(\/[^/]+\/[^/]+)*$/)
  .refine((text) => !text.split('/').some((segment) => /^(\.{1,2}|__.*__)$/.test(segment)))

const taking: z.ZodType<Taking> = z.strictObject({
  path,
  gone: z.literal(true).exactOptional(),
  fields: z.record(z.string(), z.json()).exactOptional(),
  stopped: z.array(z.string()).exactOptional(),
})

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * One text, because the ids in it are names of fields: a table that takes log lines in would get a column for each.
 * `unknown`: an earlier run committed, and whoever wrote the line could not know what it had read.
 */
const taken = z.union([z.literal('unknown'), z.string().transform(parsed).pipe(z.array(taking))])

export const takenText = (takings: readonly Taking[] | undefined): string | undefined =>
  takings === undefined ? 'unknown' : takings.length === 0 ? undefined : JSON.stringify(takings)

/** Beside these a line carries what the log adds. */
export const auditLine = z.object({
  message: z.literal('audit event'),
  event: z.string(),
  tenant: z.string(),
  type: z.string(),
  at: moment,
  targets: z.array(z.string()),
  taken: taken.optional(),
})
export type AuditLine = z.output<typeof auditLine>
