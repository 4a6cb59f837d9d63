// The one entry that ends what was made or signed in before it, on the whole platform: every instance looks at `catalogue/head` anyway.
import { policyPath } from '@latchkey/core/access/assembly/documents'
import { headPath } from '@latchkey/core/access/assembly/head'
import { platformTenant } from '@latchkey/core/kernel/ids'
import { type Instant, instantOf, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { type DocumentFields, instantIn, type Reader, timestampOf } from './reader.ts'
import type { Write } from './write.ts'

export interface Ending {
  readonly keys: boolean
  readonly sessions: boolean
}

/** Every instance knows it after five seconds. What was minted until then, by what ends, ends as well. */
const hearingSeconds = secondsOf(10)

export const platformEndAt = (now: Instant): Instant => plusSeconds(now, hearingSeconds)

/** Only ever forward: what is dead stays dead. The platform's policy says it, too, for whoever looks at keys and not at the head. */
export const platformEndWrites = async (read: Reader, { keys, sessions }: Ending, end: Instant): Promise<Write[]> => {
  const policy = policyPath(platformTenant)
  const [head, own] = await read.getAll([headPath, policy])
  return [
    {
      kind: 'update',
      path: headPath,
      fields: {
        ...(keys ? { keysNotBefore: forward(head, 'keysNotBefore', end) } : {}),
        ...(sessions ? { sessionsNotBefore: forward(head, 'sessionsNotBefore', end) } : {}),
      },
    },
    ...(keys
      ? [{ kind: 'update' as const, path: policy, fields: { keysNotBefore: forward(own, 'keysNotBefore', end) } }]
      : []),
  ]
}

const forward = (fields: DocumentFields | undefined, field: string, end: Instant) =>
  timestampOf(instantOf(Math.max(end, instantIn(fields?.[field]) ?? end)))
