// Begins and ends an endpoint's turn: one at a time, under a lease with a fence, and never an end that forgets what came meanwhile.
import { type Instant, isOver, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import type { Standing } from '@latchkey/core/webhooks/attempts'
import { waitForPlace } from '@latchkey/core/webhooks/places'
import { type DocumentFields, instantIn, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { SendingDependencies } from '../dependencies.ts'
import { farFuture, mayBeTold, webhookPath } from '../webhook-document.ts'
import { leavePlace, noPlace, takePlace } from './place.ts'
import { callFor, type Endpoint, queuePath, soon, standingIn, storedStanding } from './queue-document.ts'
import { aboveOf, secretsOf } from './receiver-now.ts'

/** A turn takes a third of it. Whoever says nothing for so long is taken for dead. */
const leaseSeconds = minutes(1)
const stoppedSeconds = minutes(10)

export interface Turn extends Endpoint {
  readonly runId: string
  readonly leaseUntil: Instant
  readonly standing: Standing
  /** The change of its owner's from which on the standing counts. */
  readonly countsFrom: unknown
  /** So its last answer was. */
  readonly isSlow: boolean
  /** Where its place is kept; undefined for one without. */
  readonly place: string | undefined
}

interface Claim {
  readonly writes: readonly Write[]
  readonly turn?: Turn
  /** When somebody is to be called again. */
  readonly waitUntil?: Instant
}

interface Started {
  readonly runId: string
  readonly now: Instant
}

/** Undefined when there is nothing to do now, or somebody else does it. KMS is asked first: a turn that cannot sign is none. */
export const claimTurn = async (
  endpoint: Endpoint,
  started: Started,
  dependencies: SendingDependencies,
): Promise<Turn | undefined> => {
  const { read, operate, jitter } = dependencies
  const [stored] = await read.getAll([webhookPath(endpoint.tenant, endpoint.webhook)])
  await secretsOf(endpoint, stored ?? {}, { now: started.now, dependencies })
  const waitUntil = plusSeconds(started.now, waitForPlace(jitter()))
  const claim = await operate.transact(async (inside) => {
    const claimed = await claimInside(inside, endpoint, { ...started, waitUntil })
    return { writes: claimed.writes, value: claimed }
  })
  if (claim.waitUntil !== undefined) await callFor(endpoint, claim.waitUntil, dependencies)
  return claim.turn
}

const claimInside = async (
  read: Reader,
  endpoint: Endpoint,
  { runId, now, waitUntil }: Started & { readonly waitUntil: Instant },
): Promise<Claim> => {
  const path = queuePath(endpoint.webhook)
  const [queue, stored, node] = await read.getAll([
    path,
    webhookPath(endpoint.tenant, endpoint.webhook),
    `tenants/${endpoint.tenant}`,
  ])
  if (queue === undefined) return nothing
  if (stored === undefined) return { writes: [{ kind: 'delete', path }] }
  if (!isFree(queue, runId, now)) return nothing // whoever is at work ends as the endpoint is then
  const told = stored['status'] === 'active' ? mayBeTold(stored, node, await aboveOf(read, node)) : 'never'
  if (told === 'never') return { writes: [wakingAt(path, undefined)] }
  // What waits goes on waiting, until its day is over.
  if (told === 'stopped') return { writes: [wakingAt(path, plusSeconds(now, stoppedSeconds))] }
  if (!isDue(queue, now)) return nothing
  const leaseUntil = plusSeconds(now, leaseSeconds)
  const isSlow = queue['isSlow'] === true
  const taken = isSlow ? await takePlace(read, { ...endpoint, node }, { now, until: leaseUntil }) : noPlace
  if (taken === undefined) return { writes: [wakingAt(path, waitUntil, { isRest: true })], waitUntil }
  const turn = { ...endpoint, runId, leaseUntil, isSlow, place: taken.place, standing: standingIn(queue) }
  const lease = { fence: runId, leaseUntil: timestampOf(leaseUntil) }
  return {
    writes: [{ kind: 'update', path, fields: lease }, ...taken.writes],
    turn: { ...turn, countsFrom: queue['countsFrom'] },
  }
}

const nothing: Claim = { writes: [] }

/** Undefined: nobody comes for it. In a rest nobody else is called either. */
const wakingAt = (path: string, at: Instant | undefined, { isRest } = { isRest: false }): Write => {
  const wakeAt = at === undefined ? undefined : timestampOf(at)
  return { kind: 'update', path, fields: { wakeAt, leaseUntil: undefined, ...(isRest ? { restUntil: wakeAt } : {}) } }
}

const isFree = (queue: DocumentFields, runId: string, now: Instant): boolean => {
  const leaseUntil = instantIn(queue['leaseUntil'])
  return leaseUntil === undefined || isOver(leaseUntil, now) || queue['fence'] === runId
}

const isDue = (queue: DocumentFields, now: Instant): boolean => {
  const wakeAt = instantIn(queue['wakeAt'])
  return wakeAt !== undefined && isOver(wakeAt, soon(now))
}

interface Ending {
  readonly standing: Standing
  readonly restUntil: Instant | undefined
  readonly isSlow: boolean
}

/** Whoever places a delivery reads the queue, too: either this sees what they placed, or they see that nobody is to come, and call. */
export const endTurn = async (turn: Turn, ending: Ending, dependencies: SendingDependencies): Promise<void> => {
  const { operate, clock } = dependencies
  const wakeAt = await operate.transact(async (read) => {
    const { writes, next } = await endInside(read, turn, { ...ending, now: clock() })
    return { writes, value: next }
  })
  if (wakeAt !== undefined) await callFor(turn, wakeAt, dependencies)
}

/** What its owner has changed meanwhile stays: off is off, and what was forgotten is not remembered. */
const endInside = async (
  read: Reader,
  turn: Turn,
  { standing, restUntil, isSlow, now }: Ending & { readonly now: Instant },
): Promise<{ readonly writes: readonly Write[]; readonly next: Instant | undefined }> => {
  const path = queuePath(turn.webhook)
  const webhook = webhookPath(turn.tenant, turn.webhook)
  const [queue, stored] = await read.getAll([path, webhook])
  // Of an endpoint that was deleted meanwhile there is no list any more, but a place may be taken.
  if (queue !== undefined && queue['fence'] !== turn.runId) return { writes: [], next: undefined }
  const left = await leavePlace(read, turn, now)
  if (queue === undefined) return { writes: left, next: undefined }
  if (stored === undefined) return { writes: [{ kind: 'delete', path }, ...left], next: undefined }
  const isAnew = queue['countsFrom'] !== turn.countsFrom
  const rest = isAnew ? undefined : restUntil
  const [first] = await read.list({
    collection: `${webhook}/deliveries`,
    before: { field: 'notBefore', at: farFuture },
    limit: 1,
  })
  const next = stored['status'] === 'active' ? wakeOf(instantIn(first?.fields['notBefore']), rest, now) : undefined
  const fields = {
    ...(isAnew ? {} : { ...storedStanding(standing), isSlow }),
    ...{ leaseUntil: undefined, wakeAt: next === undefined ? undefined : timestampOf(next) },
    restUntil: rest === undefined ? undefined : timestampOf(rest),
  }
  return { writes: [{ kind: 'update', path, fields }, ...left], next }
}

/** When somebody is to come: for what is due first, but not before now, nor before a rest is over. */
const wakeOf = (first: Instant | undefined, restUntil: Instant | undefined, now: Instant): Instant | undefined => {
  if (first === undefined) return undefined
  return [first, restUntil ?? now, now].reduce((latest, one) => (one > latest ? one : latest))
}
