// Stage 6: the same key and body give the stored answer, another body is refused, a running one is waited for by the caller.
import { canonicalJson, type Json } from '@latchkey/core/kernel/canonical-json'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { OpId } from '@latchkey/core/kernel/ids'
import { invariant } from '@latchkey/core/kernel/invariant'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { hours, type Instant, isOver, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import { openText, sealText, sha256 } from '../../platform/seal.ts'
import type { CommitContext } from '../../platform/store/commit.ts'
import { type DocumentFields, instantIn, type Reader, type Stamped, timestampOf } from '../../platform/store/reader.ts'
import type { Revision } from '../../platform/store/revision.ts'
import type { Write } from '../../platform/store/write.ts'
import type { Caller } from '../caller.ts'
import type { GuardDependencies } from '../dependencies.ts'
import type { Passage, StageResult, Ticket } from '../passage.ts'

/** A crashed run is taken over by a retry after this long, under the same op id. */
const leaseSeconds = minutes(2)
/** Stored answers, and the sealed secrets in them, count no longer than this. */
export const answerLifeSeconds = hours(24)

/** Principal, credential, tenant and operation are part of the id, so nobody finds another's answer. */
const pathOf = ({ caller, tenant, definition, idempotencyKey }: Passage): string =>
  `idempotency/${sha256(
    canonicalJson([
      caller?.principal ?? '',
      identityOf(caller),
      tenant ?? '',
      `${definition.group}/${definition.name}`,
      idempotencyKey ?? '',
    ]),
  )}`

/** A token is answered like a key of just its scopes: a narrower one never finds what a wider one was told. */
const identityOf = (caller: Caller | undefined): string => {
  if (caller?.kind !== 'access_token') return caller?.credential ?? ''
  return ['token', caller.credential, ...(caller.key?.scopes ?? [])].join(' ') // never the key's own, also without scopes
}

export const idempotency = (passage: Passage, dependencies: GuardDependencies): StageResult | Promise<StageResult> => {
  const { idempotencyKey: key, commit, definition } = passage
  if (key === undefined || commit === undefined || definition.effect === 'read') return ok('next')
  return claimed(passage, { key, commit }, dependencies)
}

const claimed = async (
  passage: Passage,
  { key, commit }: { readonly key: string; readonly commit: CommitContext },
  dependencies: GuardDependencies,
): Promise<StageResult> => {
  const ticket: Ticket = { path: pathOf(passage), key, fence: dependencies.drawId() }
  const claim = await claimRecord(ticket, passage, dependencies)
  if (claim.kind === 'reused') return err(iamError('idempotency_key_reused'))
  if (claim.kind === 'running') {
    return err(
      iamError('idempotency_in_progress', {
        retryAfterSeconds: Math.max(1, Math.ceil((claim.until - passage.now) / 1000)),
      }),
    )
  }
  if (claim.kind === 'done') {
    // The record was completed in the commit itself, so the time of the one is the revision of the other.
    passage.output = { ...(answerIn(claim.record, ticket) as object), revision: claim.revision }
    return ok('done')
  }
  passage.ticket = ticket
  passage.commit = {
    ...commit,
    opId: claim.opId,
    claim: {
      stillMine: (read) => stillMine(read, ticket),
      completion: (answer) => completionWrite(ticket, answer, passage, dependencies),
      storedAnswer: async () => {
        const [record] = await dependencies.read.getAll([ticket.path])
        return record?.['answer'] === undefined ? undefined : answerIn(record, ticket)
      },
    },
  }
  return ok('next')
}

type Judged =
  | { readonly kind: 'mine'; readonly opId: OpId }
  | { readonly kind: 'done'; readonly record: DocumentFields; readonly revision: Revision | undefined }
  | { readonly kind: 'running'; readonly until: Instant }
  | { readonly kind: 'reused' }

const claimRecord = (ticket: Ticket, passage: Passage, { operate }: GuardDependencies): Promise<Judged> =>
  operate.transact<Judged>(async (read) => {
    const [record] = await read.getStamped([ticket.path])
    const claim = judge(record, passage, ticket)
    return { writes: claim.kind === 'mine' ? [claimWrite(ticket, claim.opId, passage)] : [], value: claim }
  })

/** What an existing record means now; an expired one means nothing, whether or not a sweep has removed it. */
const judge = (stamped: Stamped | undefined, { commit, inputDigest, now }: Passage, { fence }: Ticket): Judged => {
  invariant(commit !== undefined, 'stage 4 draws the op id')
  const record = stamped?.fields
  if (record === undefined || isOver(instantIn(record['expiresAt']), now)) return { kind: 'mine', opId: commit.opId }
  if (record['inputDigest'] !== inputDigest) return { kind: 'reused' }
  if (record['answer'] !== undefined) return { kind: 'done', record, revision: stamped?.writtenAt }
  // Written by this very call, under whichever op id: only the answer to it was lost.
  if (record['fence'] === fence) return { kind: 'mine', opId: String(record['opId']) as OpId }
  const leaseUntil = instantIn(record['leaseUntil'])
  if (leaseUntil !== undefined && now < leaseUntil) return { kind: 'running', until: leaseUntil }
  return { kind: 'mine', opId: String(record['opId']) as OpId } // the op id of the run that crashed
}

const claimWrite = (ticket: Ticket, opId: OpId, { tenant, inputDigest, now }: Passage): Write => ({
  kind: 'set',
  path: ticket.path,
  fields: {
    opId,
    // Whose it is says in which shard it is swept.
    ...(tenant === undefined ? {} : { tenant }),
    fence: ticket.fence,
    inputDigest,
    leaseUntil: timestampOf(plusSeconds(now, leaseSeconds)),
    expiresAt: timestampOf(plusSeconds(now, answerLifeSeconds)),
  },
})

/** Part of the transaction of the effect itself: a stored answer without its effect cannot exist (CATALOGUE F-12). */
const completionWrite = (
  ticket: Ticket,
  answer: Json,
  { definition }: Passage,
  { random }: GuardDependencies,
): Write => {
  const text = canonicalJson(answer)
  const stored =
    definition.secrets.length > 0 ? { sealed: sealText(text, ticket.key, ticket.path, random) } : { plain: text }
  return { kind: 'update', path: ticket.path, fields: { answer: stored } }
}

const answerIn = (record: DocumentFields, ticket: Ticket): Json => {
  const answer = record['answer'] as { readonly sealed?: string; readonly plain?: string } // written by completionWrite
  const text = answer.plain ?? openText(answer.sealed ?? '', ticket.key, ticket.path)
  invariant(text !== undefined, 'the record id is derived from the key, so the key opens the answer')
  return JSON.parse(text) as Json // canonicalJson wrote it
}

/** A run whose claim was taken over, or released, changes nothing any more. */
const stillMine = async (read: Reader, { path, fence }: Ticket): Promise<Result<void, IamError>> => {
  const [record] = await read.getAll([path])
  return record?.['fence'] === fence
    ? ok(undefined)
    : err(iamError('idempotency_in_progress', { retryAfterSeconds: 1 }))
}

/** After a refusal nothing was committed and the key is free again; after a crash a retry takes over with the same op id. */
export const releaseTicket = async (
  passage: Passage,
  refused: boolean,
  { operate }: GuardDependencies,
): Promise<void> => {
  const { ticket, now } = passage
  if (ticket === undefined) return
  await operate.transact(async (read) => {
    const [record] = await read.getAll([ticket.path])
    // Somebody else's by now, or finished by a slower run: it stays as it is.
    if (record?.['fence'] !== ticket.fence || record['answer'] !== undefined) return { writes: [], value: undefined }
    const ended: Write = { kind: 'update', path: ticket.path, fields: { leaseUntil: timestampOf(now) } }
    return { writes: [refused ? { kind: 'delete', path: ticket.path } : ended], value: undefined }
  })
}
