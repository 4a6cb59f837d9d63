// The context of a commit that a background job makes: nobody's call, so there is nothing to decide again and no idempotency key.
import { createHash } from 'node:crypto'
import { type OpId, prefixes, randomPartLength } from '@latchkey/core/kernel/ids'
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

/** For what is said once, however many runs come upon it: of the same text the same op id. */
export const opIdOf = (text: string): OpId =>
  `${prefixes.op}_${createHash('sha256').update(text).digest('hex').slice(0, randomPartLength)}` as OpId // of its form

export const bySystem = ({ job, opId, runId, now }: SystemRun): CommitContext => ({
  opId,
  requestId: runId,
  now,
  actor: { principal: systemRef(job) },
  recheck: undefined,
  claim: undefined,
})
