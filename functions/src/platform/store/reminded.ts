// Whose end people are reminded of: one line here, and a document is found when a reminder of it is due. What is said belongs to a room.
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import { firstReminder } from '@latchkey/core/notify/reminders'
import { collectionOf } from './collections.ts'
import { bucketOf } from './expiring.ts'
import { type DocumentFields, instantIn } from './reader.ts'

export interface Reminded {
  readonly end: string
  /** When its end was set: nobody is reminded of what they have only just done. The latest counts. */
  readonly since: readonly string[]
}

/** By collection, as in `collections.ts`. */
export const reminded: Readonly<Record<string, Reminded>> = {
  'tenants/*/apiKeys': { end: 'notAfter', since: ['endSetAt', 'createdAt'] },
  'tenants/*/assignments': { end: 'until', since: ['grantedAt'] },
  // The old secret of a rotation.
  credentials: { end: 'endsAt', since: [] },
}

/** The field by which a due reminder is found: shard and hour, like that of sweeps. It moves on when the reminder was said. */
export const remindField = 'remind'

export const sinceIn = ({ since }: Reminded, fields: DocumentFields): Instant | undefined => {
  const moments = since.map((field) => instantIn(fields[field])).filter((at) => at !== undefined)
  return moments.length === 0 ? undefined : instantOf(Math.max(...moments))
}

/**
 * The fields of a write with the reminder that belongs to them. A write that says anything of the end begins anew: what was said of this
 * very end before is not said again, because its event is there.
 */
export const withRemindField = (path: string, fields: DocumentFields, whole: boolean): DocumentFields => {
  const known = reminded[collectionOf(path)]
  if (known === undefined || !(whole || Object.hasOwn(fields, known.end))) return fields
  const end = instantIn(fields[known.end])
  const at = end === undefined ? undefined : firstReminder(end, sinceIn(known, fields))
  if (at !== undefined) return { ...fields, [remindField]: bucketOf(path, fields, at) }
  if (!whole) return { ...fields, [remindField]: undefined }
  const { [remindField]: _stale, ...rest } = fields
  return rest
}
