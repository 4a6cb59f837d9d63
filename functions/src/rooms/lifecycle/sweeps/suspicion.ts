// A sweep that would take most of what there is has been told the wrong time, or somebody has changed every end: nothing goes unseen.
import type { Instant } from '@latchkey/core/kernel/time'
import type { Sweep } from '../../../platform/store/sweep.ts'

/** What cannot be made again. Everything else that ends is machinery, of which most is over at most times. */
const kept = ['tenants/*/assignments', 'tenants/*/invitations', 'tenants/*/apiKeys', 'credentials']
const suspiciousShare = 0.5
/** Below this, half of them are few. */
const suspiciousCount = 1_000

/** A sentence for whoever must look, or undefined when it may go on. */
export const suspicion = async (kind: string, now: Instant, sweep: Sweep): Promise<string | undefined> => {
  if (!kept.includes(kind)) return undefined
  const { due, all } = await sweep.share(kind, now)
  if (due < suspiciousCount || due <= all * suspiciousShare) return undefined
  return `${due} of ${all} in ${kind} would be removed: look first, then let it run once with \`jobs/run\` and \`allow\`.`
}
