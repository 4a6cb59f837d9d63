// The line that every audit event leaves in the log, outside the database: what a restore learns from of what was done since its backup.
import * as z from 'zod'
import { moment } from '../../kernel/wire.ts'
import type { Taking } from './taken.ts'

const taking: z.ZodType<Taking> = z.strictObject({
  path: z.string().min(1).max(1_500),
  gone: z.literal(true).exactOptional(),
  fields: z.record(z.string(), z.json()).exactOptional(),
  stopped: z.array(z.string()).exactOptional(),
})

/** `unknown`: an earlier run committed, and whoever wrote the line could not know what it had read. */
const taken = z.union([z.array(taking), z.literal('unknown')])

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
