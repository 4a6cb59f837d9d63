// One endpoint's turn: what is due is sent, for a while and a few at a time; then others have theirs.

import { type Instant, isOver, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { tenantId, webhookId } from '@latchkey/core/kernel/wire'
import { isHopeless, restAfter, type Standing, standingAfter } from '@latchkey/core/webhooks/attempts'
import { isSlow, restOnPlace } from '@latchkey/core/webhooks/places'
import * as z from 'zod'
import { taskQueue } from '../../../guard/definition.ts'
import type { SendingDependencies } from '../dependencies.ts'
import { attempt, type Outcome } from './attempt.ts'
import { disableEndpoint } from './disable-endpoint.ts'
import { attemptQueue, soon } from './queue-document.ts'
import { type Receiver, receiverNow } from './receiver-now.ts'
import { claimTurn, endTurn, type Turn } from './turn.ts'

/** Between a start and the last attempt's five seconds; the lease outlives both. */
const turnSeconds = secondsOf(20)
const mostInTurn = 200
/** After trouble of ours. */
const troubleSeconds = secondsOf(30)
/** At one endpoint. One that failed last is sent one at a time. */
const lanes = 4

const task = z.strictObject({ tenant: tenantId, webhook: webhookId })

export const attemptWebhooks = (dependencies: SendingDependencies) =>
  taskQueue({
    name: attemptQueue,
    summary: 'Sends what waits for one endpoint.',
    task,
    mostAtOnce: 200,
    run: async (started, received) => {
      const turn = await claimTurn(task.parse(received), started, dependencies)
      if (turn === undefined) return
      const worked = await work(turn, dependencies)
      if (worked.overAt !== undefined) await disableEndpoint(turn, worked.standing, worked.overAt, dependencies)
      await endTurn(turn, worked, dependencies)
    },
  })

export interface Worked {
  readonly standing: Standing
  readonly isSlow: boolean
  /** Nothing is sent before; undefined: it is well. */
  readonly restUntil: Instant | undefined
  /** The endpoint is to be switched off, as it was then; undefined: it is not. */
  readonly overAt: Receiver | undefined
}

const troubleOf =
  ({ tenant, webhook, runId }: Turn, { log }: SendingDependencies) =>
  (error: unknown): 'trouble' => {
    log('ERROR', 'turn failed', { tenant, webhook, runId, error })
    return 'trouble'
  }

const work = async (turn: Turn, dependencies: SendingDependencies): Promise<Worked> => {
  const { clock } = dependencies
  const until = plusSeconds(clock(), turnSeconds)
  let worked: Worked = { standing: turn.standing, isSlow: turn.isSlow, restUntil: undefined, overAt: undefined }
  for (let tried = 0; tried < mostInTurn && !isOver(until, clock()); ) {
    const round = await sendSome(turn, worked.standing.failures > 0 ? 1 : lanes, dependencies).catch(
      troubleOf(turn, dependencies),
    )
    // Our own trouble is not held against the endpoint, and what it did well before counts; what was not written down is sent again.
    if (round === 'trouble') return { ...worked, restUntil: plusSeconds(clock(), troubleSeconds), overAt: undefined }
    if (round === undefined) break
    tried += round.outcomes.length
    const counts = countsOf(round.outcomes)
    // What was over before it was tried says nothing of the endpoint.
    if (counts.taken + counts.failed === 0) continue
    worked = workedAfter(worked, round, dependencies)
    if (worked.overAt !== undefined || worked.restUntil !== undefined) return worked
    // Others go first; then it goes on, if there is a place.
    if (worked.isSlow && turn.place === undefined) return worked
  }
  return turn.place !== undefined && worked.isSlow
    ? { ...worked, restUntil: plusSeconds(clock(), restOnPlace) }
    : worked
}

interface Round {
  readonly receiver: Receiver
  readonly outcomes: readonly Outcome[]
  readonly isSlow: boolean
}

const workedAfter = (
  { standing: before }: Worked,
  { receiver, outcomes, isSlow }: Round,
  { clock, jitter }: Pick<SendingDependencies, 'clock' | 'jitter'>,
): Worked => {
  const standing = standingAfter(before, countsOf(outcomes), clock())
  const isOverNow = outcomes.includes('gone') || isHopeless(standing, clock())
  const rest = restAfter(standing, outcomes.includes('unreachable'), jitter())
  return {
    ...{ standing, isSlow, overAt: isOverNow ? receiver : undefined },
    restUntil: rest > 0 && !isOverNow ? plusSeconds(clock(), rest) : undefined,
  }
}

const countsOf = (outcomes: readonly Outcome[]) => ({
  taken: outcomes.filter((one) => one === 'taken').length,
  failed: outcomes.filter((one) => one !== 'taken' && one !== 'over' && one !== 'late').length,
})

/**
 * The longest due, to the endpoint as it is now; undefined when there is no more of it. Each that was tried is due later or never again, so the
 * next look finds others. All of them have ended when this ends, also when one of them throws.
 */
const sendSome = async (turn: Turn, most: number, dependencies: SendingDependencies): Promise<Round | undefined> => {
  const { tenant, webhook } = turn
  const due = await dependencies.read.list({
    collection: `tenants/${tenant}/webhooks/${webhook}/deliveries`,
    before: { field: 'notBefore', at: soon(dependencies.clock()) },
    limit: most,
  })
  const receiver = due.length === 0 ? undefined : await receiverNow({ tenant, webhook }, turn, dependencies)
  if (receiver === undefined) return undefined
  const attempts = due.map((one) => attempt(one, receiver, dependencies))
  await Promise.allSettled(attempts)
  const attempted = await Promise.all(attempts)
  const slowest = Math.max(...attempted.map(({ milliseconds }) => milliseconds))
  return { receiver, outcomes: attempted.map(({ outcome }) => outcome), isSlow: isSlow(slowest) }
}
