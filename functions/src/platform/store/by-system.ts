// The context of a commit that a background job makes: nobody's call, so there is nothing to decide again and no idempotency key.
import type { OpId } from '@latchkey/core/kernel/ids'
import { systemRef } from '@latchkey/core/kernel/principal'
import type { Instant } from '@latchkey/core/kernel/time'
import type { CommitContext } from './commit.ts'

export interface SystemRun {
  /** As the audit log names it: `system:<job>`. */
  readonly job: string
  readonly opId: OpId
  readonly runId: string
  readonly now: Instant
}

export const bySystem = ({ job, opId, runId, now }: SystemRun): CommitContext => ({
  opId,
  requestId: runId,
  now,
  actor: { principal: systemRef(job) },
  recheck: undefined,
  claim: undefined,
})
