// One endpoint's turn: what is due is sent, for a while and a few at a time; then others have theirs.

import { type Instant, isOver, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { tenantId, webhookId } from '@latchkey/core/kernel/wire'
import { isHopeless, restAfter, type Standing, standingAfter } from '@latchkey/core/webhooks/attempts'
import * as z from 'zod'
import { taskQueue } from '../../../guard/definition.ts'
import type { SendingDependencies } from '../dependencies.ts'
import { attempt, type Outcome, type Receiver } from './attempt.ts'
import { disableEndpoint } from './disable-endpoint.ts'
import { attemptQueue, soon } from './queue-document.ts'
import { claimTurn, endTurn } from './turn.ts'

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
    run: async ({ runId, now }, received) => {
      const endpoint = task.parse(received)
      const claim = await claimTurn(endpoint, runId, now, dependencies)
      if (claim === undefined) return
      const worked = await work(claim.receiver, claim.standing, dependencies).catch((error: unknown): Worked => {
        // Our own trouble is not held against the endpoint; what was not written down is sent again.
        dependencies.log('ERROR', 'turn failed', { ...endpoint, runId, error })
        const restUntil = plusSeconds(dependencies.clock(), troubleSeconds)
        return { standing: claim.standing, restUntil, isOver: false }
      })
      if (worked.isOver) await disableEndpoint(endpoint, { runId, now: dependencies.clock(), ...worked }, dependencies)
      await endTurn(endpoint, { runId, ...worked }, dependencies)
    },
  })

export interface Worked {
  readonly standing: Standing
  /** Nothing is sent before; undefined: it is well. */
  readonly restUntil: Instant | undefined
  /** It is to be switched off. */
  readonly isOver: boolean
}

const work = async (receiver: Receiver, before: Standing, dependencies: SendingDependencies): Promise<Worked> => {
  const { clock, jitter } = dependencies
  const until = plusSeconds(clock(), turnSeconds)
  let standing = before
  for (let tried = 0; tried < mostInTurn && !isOver(until, clock()); ) {
    const outcomes = await sendSome(receiver, standing.failures > 0 ? 1 : lanes, dependencies)
    if (outcomes.length === 0) break
    tried += outcomes.length
    const counts = countsOf(outcomes)
    // What was over before it was tried says nothing of the endpoint.
    if (counts.taken + counts.failed === 0) continue
    standing = standingAfter(standing, counts, clock())
    if (outcomes.includes('gone') || isHopeless(standing, clock()))
      return { standing, restUntil: undefined, isOver: true }
    const rest = restAfter(standing, outcomes.includes('unreachable'), jitter())
    if (rest > 0) return { standing, restUntil: plusSeconds(clock(), rest), isOver: false }
  }
  return { standing, restUntil: undefined, isOver: false }
}

const countsOf = (outcomes: readonly Outcome[]) => ({
  taken: outcomes.filter((one) => one === 'taken').length,
  failed: outcomes.filter((one) => one !== 'taken' && one !== 'over').length,
})

/** The longest due. Each that was tried is due later or never again, so the next look finds others. */
const sendSome = async (receiver: Receiver, most: number, dependencies: SendingDependencies) => {
  const { tenant, webhook } = receiver
  const due = await dependencies.read.list({
    collection: `tenants/${tenant}/webhooks/${webhook}/deliveries`,
    before: { field: 'notBefore', at: soon(dependencies.clock()) },
    limit: most,
  })
  return Promise.all(due.map((one) => attempt(one, receiver, dependencies)))
}
