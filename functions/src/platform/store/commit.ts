// The door of state: preconditions, writes, audit event and outbox event in one transaction, safe to run again after a lost answer.
import type { Firestore, Transaction } from '@google-cloud/firestore'
import { eventHash } from '@latchkey/core/audit/commitment'
import type { AuditActor, AuditEvent } from '@latchkey/core/audit/event'
import type { Json } from '@latchkey/core/kernel/canonical-json'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { OpId, TenantId } from '@latchkey/core/kernel/ids'
import { invariant } from '@latchkey/core/kernel/invariant'
import { ok, type Result } from '@latchkey/core/kernel/result'
import { type Instant, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import { takenText } from '@latchkey/core/lifecycle/restore/audit-line'
import type { Taking } from '@latchkey/core/lifecycle/restore/taken'
import type { Log } from '../log.ts'
import type { RandomBytes } from '../random.ts'
import { sha256, shardOf } from '../seal.ts'
import { turns } from '../turns.ts'
import { auditDocument, recordedEvent } from './audit-document.ts'
import type { Cache } from './cache.ts'
import { containersOf, tenantsOf } from './containers.ts'
import { type Digests, digestsOf, notingReader } from './digests.ts'
import { type DocumentFields, type Reader, timestampOf, transactionReader } from './reader.ts'
import { type Revision, revisionOf } from './revision.ts'
import { StoreError, translating } from './store-error.ts'
import { takingsOf } from './takings.ts'
import { transact } from './transact.ts'
import { applyWrites, type Write } from './write.ts'

/** Firestore allows 500 writes a commit; above this a change is an operation (DESIGN.md §5). */
export const maxWrites = 100
/** Shards let every instance listen without one hot index (DESIGN.md §8, change feed). */
export const outboxShards = 16

/** What the pipeline hands to a handler so that it can change state; drawn before the transaction. */
export interface CommitContext {
  readonly opId: OpId
  readonly requestId: string
  readonly now: Instant
  readonly actor: AuditActor
  /** Decides again on facts read inside the transaction; set for permissions that mint power. */
  readonly recheck: ((read: Reader) => Promise<Result<void, IamError>>) | undefined
  /** Set when the call came with an idempotency key. */
  readonly claim: Claim | undefined
}

/** An idempotency record that this run holds, fenced: a slower run that lost it can neither commit nor complete. */
export interface Claim {
  readonly stillMine: (read: Reader) => Promise<Result<void, IamError>>
  /** The write that completes the record with this answer, in the transaction of the effect. */
  readonly completion: (answer: Json) => Write
  /** The answer that an earlier run of the same operation stored. */
  readonly storedAnswer: () => Promise<Json | undefined>
}

export interface Change<Outcome extends Json> {
  readonly writes: readonly Write[]
  readonly event: Omit<AuditEvent, 'actor' | 'tenant'>
  /** Public facts that a second run answers with; never a secret. */
  readonly outcome: Outcome
}

type JsonObject = { readonly [key: string]: Json | undefined }

export interface CommitPlan<Outcome extends Json, Answer extends JsonObject> {
  readonly tenant: TenantId
  /** Reads and decides; runs again when the database asks for it, so it has no side effects. */
  readonly plan: (read: Reader) => Promise<Result<Change<Outcome>, IamError>>
  /** The answer from the outcome and from what was drawn before (a secret, say). */
  readonly answer: (outcome: Outcome) => Answer
}

interface Ran<Outcome> {
  readonly outcome: Outcome
  readonly again: boolean
  /** What was written, for caches of this instance. */
  readonly paths: readonly string[]
  /** The audit event, by whichever run it was written. */
  readonly event: DocumentFields
  readonly taken: readonly Taking[]
}

/** The answer, and the revision from which its effect can be read everywhere. */
export type Committed<Answer> = Answer & { readonly revision?: Revision }

export type Commit = <Outcome extends Json, Answer extends JsonObject>(
  context: CommitContext,
  plan: CommitPlan<Outcome, Answer>,
) => Promise<Result<Committed<Answer>, IamError>>

export interface CommitDependencies {
  readonly read: Reader
  readonly forget: Cache['forget']
}

/** Of what is said of an event outside the database, and of the salt that its hash counts on. */
interface Telling {
  readonly log: Log
  readonly random: RandomBytes
}

const saltBytes = 16

/**
 * Changes of one tenant mostly touch the same few documents. Many at once would only break each other's transactions until all give up,
 * so within an instance they take turns; between instances, the database's own retries do.
 */
const mostAtOnce = 2
const mostWaiting = 200

export const firestoreCommit = (
  firestore: Firestore,
  { read, forget, log, random }: CommitDependencies & Telling,
): Commit => {
  const take = turns(mostAtOnce, mostWaiting)
  return async (context, plan) => {
    const salt = Buffer.from(random(saltBytes)).toString('base64url')
    let taken: readonly Taking[] | undefined
    const run = async (transaction: Transaction) => {
      const once = await runOnce(firestore, transaction, { context, plan, salt })
      // A run whose answer was lost has committed: what it took is what the next one finds recorded.
      if (once.ok && !once.value.again) taken = once.value.taken
      return once
    }
    const ran = await take(plan.tenant, () => translating(firestore, () => transact(firestore, run)))
    if (!ran.ok) return ran
    // Also when an earlier run has written it: that one may have died before it told.
    tell(log, context.opId, ran.value.event, taken)
    const stored = ran.value.again ? await context.claim?.storedAnswer() : undefined
    // Cast: the stored answer is what `answer` made in the run that committed.
    const answer = stored === undefined ? plan.answer(ran.value.outcome) : (stored as ReturnType<typeof plan.answer>)
    const revision = await revisionOfCommit(read, auditPathOf(plan.tenant, context)).catch(() => undefined)
    // It is done, whether or not its moment can be read: nothing of before is served, and the answer only lacks the revision.
    forget(ran.value.paths, revision ?? soonAfter(context.now))
    return ok(revision === undefined ? answer : { ...answer, revision })
  }
}

/** The hash of each event is a log line, too, which goes where whoever can write the database cannot (DESIGN.md §8, audit). */
const tell = (log: Log, id: string, event: DocumentFields, takings: readonly Taking[] | undefined): void => {
  const recorded = recordedEvent(id, event)
  const { tenant, type, at } = recorded.fields
  const { targets } = event
  // What it took away, too: a backup that is restored is narrowed by these (docs/runbooks/restore-from-backup.md).
  const taken = takenText(takings)
  log('INFO', 'audit event', { event: id, tenant, type, at, targets, taken, hash: eventHash(sha256, recorded) })
}

/** The client library keeps the commit time to itself; the audit document was written by that very transaction (ADR 0012). */
const revisionOfCommit = async (read: Reader, path: string): Promise<Revision> => {
  const [audit] = await read.getStamped([path])
  if (audit?.madeAt === undefined) throw new StoreError('unavailable', `${path} was committed and cannot be read`)
  return audit.madeAt
}

/** Later than the commit, as far as clocks agree. */
const soonAfter = (now: Instant): Revision => revisionOf(timestampOf(plusSeconds(now, minutes(1))))

const auditPathOf = (tenant: TenantId, { opId }: CommitContext): string => `tenants/${tenant}/audit/${opId}`

interface Running<Outcome extends Json, Answer extends JsonObject> {
  readonly context: CommitContext
  readonly plan: CommitPlan<Outcome, Answer>
  readonly salt: string
}

const runOnce = async <Outcome extends Json, Answer extends JsonObject>(
  firestore: Firestore,
  transaction: Transaction,
  { context, plan, salt }: Running<Outcome, Answer>,
): Promise<Result<Ran<Outcome>, IamError>> => {
  const { read, seen } = notingReader(transactionReader(firestore, transaction))
  const auditPath = auditPathOf(plan.tenant, context)
  const [recorded] = await read.getAll([auditPath])
  if (recorded !== undefined)
    // Cast: this document was written below by a run of the same plan.
    return ok({ outcome: recorded['outcome'] as Outcome, again: true, paths: [], event: recorded, taken: [] })
  const held = await context.claim?.stillMine(read)
  if (held !== undefined && !held.ok) return held
  const allowed = await context.recheck?.(read)
  if (allowed !== undefined && !allowed.ok) return allowed
  const change = await plan.plan(read)
  if (!change.ok) return change
  const { outcome } = change.value
  const completion = context.claim?.completion(plan.answer(outcome))
  const writes = stamped(change.value.writes, context)
  invariant(writes.length <= maxWrites, 'a change of more than 100 writes is an operation')
  const digests = digestsOf(writes, seen, salt)
  const event = auditFields(plan.tenant, change.value, context, { ...digests, salt })
  applyWrites(
    transaction,
    [
      ...writes,
      { kind: 'create' as const, path: auditPath, fields: event },
      outboxWrite(context, plan.tenant, change.value),
    ].concat(completion ?? []),
    { firestore, door: 'commit' },
  )
  return ok({ outcome, again: false, paths: writes.map(({ path }) => path), event, taken: takingsOf(writes, seen) })
}

/** Every state document names its last event, so that a removed event leaves a dangling pointer (DESIGN.md §8, audit). */
const stamped = (writes: readonly Write[], context: CommitContext): readonly Write[] =>
  writes.map((write) =>
    write.kind === 'delete' ? write : { ...write, fields: { ...write.fields, lastEvent: context.opId } },
  )

const auditFields = (
  tenant: TenantId,
  { event, outcome }: Change<Json>,
  { opId: id, requestId, actor, now }: CommitContext,
  salted: Digests & { readonly salt: string },
): DocumentFields => auditDocument({ ...event, id, tenant, actor, requestId, now, outcome, ...salted })

const outboxWrite = (context: CommitContext, tenant: TenantId, change: Change<Json>): Write => ({
  kind: 'create',
  path: `outbox/${context.opId}`,
  fields: {
    type: change.event.type,
    tenant,
    changed: containersOf(change.writes),
    tenants: tenantsOf(tenant, change.writes, change.event.targets),
    ...pendingIn(shardOf(context.opId, outboxShards)),
    at: timestampOf(context.now),
  },
})

/** It is relayed to consumers and sealed into the log once each: whoever has done so takes the field away (DESIGN.md §8, audit). */
const pendingIn = (shard: number) => ({ shard, toRelay: shard, toSeal: shard })
