// Does again to a restored database what was done since its backup, as far as it took power away: it can give none, so it may run at any time and twice.
import type { Json } from '@latchkey/core/kernel/canonical-json'
import { iamError } from '@latchkey/core/kernel/errors'
import { isUserId, type OpId, platformTenant, prefixes } from '@latchkey/core/kernel/ids'
import { isPrincipalRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import { type Instant, toIso } from '@latchkey/core/kernel/time'
import { type Narrowing, refusalIn, takeAway } from '@latchkey/core/lifecycle/restore/take-away'
import type { Taking } from '@latchkey/core/lifecycle/restore/taken'
import type { Clock } from '../../../platform/clock.ts'
import type { DrawId } from '../../../platform/random.ts'
import { bySystem } from '../../../platform/store/by-system.ts'
import { collectionOf } from '../../../platform/store/collections.ts'
import type { Commit } from '../../../platform/store/commit.ts'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import { storedMoments } from '../../../platform/store/takings.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { Piece } from './gather-takings.ts'

export interface ReplayDependencies {
  readonly read: Reader
  readonly commit: Commit
  readonly clock: Clock
  readonly drawId: DrawId
}

export interface Replay {
  readonly since: Instant
  readonly dryRun: boolean
  readonly progress: (done: number) => void
}

/** What became of one document. `stopped`: what was changed of it that only somebody who knows can set right. */
export interface Changed {
  readonly path: string
  readonly what: 'gone' | 'narrowed' | 'stopped'
  readonly fields: readonly string[]
}

export interface Replayed {
  readonly changed: readonly Changed[]
  /** Pieces that could not be done, each in one sentence; the rest is done, and running again does these. */
  readonly failed: readonly string[]
}

const atOnce = 8

export const replayTakings = async (
  pieces: readonly Piece[],
  replay: Replay,
  dependencies: ReplayDependencies,
): Promise<Replayed> => {
  const queue = pieces[Symbol.iterator]()
  const changed: Changed[] = []
  const failed: string[] = []
  let done = 0
  const work = async () => {
    for (const piece of queue) {
      const outcome = await replayed(piece, replay, dependencies).catch((error: unknown) => String(error))
      if (typeof outcome === 'string') failed.push(`${piece.tenant}: ${outcome}`)
      else changed.push(...outcome)
      replay.progress(++done)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { changed, failed }
}

const replayed = async (
  piece: Piece,
  { since, dryRun }: Replay,
  { read, commit, clock, drawId }: ReplayDependencies,
): Promise<readonly Changed[] | string> => {
  const would = await planned(read, piece, { accessId: '', placementId: '' })
  if (dryRun || would.changed.length === 0) return would.changed
  // Drawn anew by each run: what an earlier one has done is seen in the documents, and somebody may have undone it since.
  const opId = drawId(prefixes.op) as OpId // just drawn
  const drawn = { accessId: drawId(), placementId: drawId() }
  const answered = await commit(bySystem({ job: 'restore', opId, runId: 'restore', now: clock() }), {
    tenant: piece.tenant,
    plan: async (reader) => {
      const { writes, changed } = await planned(reader, piece, drawn)
      if (writes.length === 0) return err(iamError('already_exists')) // somebody else was quicker
      const targets = changed.map(({ path }) => `document:${path}`)
      const reason = `restored to the state of ${toIso(since)}`
      return ok({
        writes,
        event: { type: 'lifecycle.revocations_replayed', targets, reason },
        outcome: { changed } as unknown as { readonly changed: Json },
      })
    },
    answer: (outcome) => outcome,
  })
  if (!answered.ok) return answered.error.code === 'already_exists' ? [] : answered.error.code
  // Cast: as it was put in, above.
  return answered.value.changed as unknown as readonly Changed[]
}

interface Drawn {
  readonly accessId: string
  readonly placementId: string
}

interface Planned {
  readonly writes: readonly Write[]
  readonly changed: readonly Changed[]
}

const planned = async (read: Reader, { tenant, takings }: Piece, drawn: Drawn): Promise<Planned> => {
  const node = `tenants/${tenant}`
  const paths = takings.map(({ path }) => path)
  const [home, ...stored] = await read.getAll([node, ...paths])
  const changes = takings.flatMap((taking, index) => {
    const fields = stored[index]
    const change =
      fields === undefined
        ? home === undefined
          ? nothing
          : madeOf(taking)
        : takeAway(collectionOf(taking.path), fields, taking, storedMoments)
    return change.kind === 'nothing' ? [] : [{ taking, change }]
  })
  const writes = changes.map(({ taking, change }) => writeOf(taking, change, drawn))
  const isTouched = writes.some(({ path }) => path.startsWith(`${node}/`)) && !writes.some(({ path }) => path === node)
  // Whatever lives off it is looked at anew, live lists too.
  const shut: readonly Write[] =
    isTouched && home !== undefined && tenant !== platformTenant
      ? [{ kind: 'update', path: node, fields: { accessId: drawn.accessId } }]
      : []
  return { writes: [...writes, ...shut], changed: changes.map(({ taking, change }) => changedBy(taking, change)) }
}

const nothing: Narrowing = { kind: 'nothing' }

/** Of somebody of whom nothing stood here that could be narrowed: that they are stopped has to be said all the same. */
const madeOf = (taking: Taking): Narrowing => {
  const id = taking.path.split('/').at(-1) ?? ''
  const isGrants = collectionOf(taking.path) === 'tenants/*/grants'
  const refusal = refusalIn(collectionOf(taking.path), taking, storedMoments)
  if (refusal === undefined || !(isGrants ? isPrincipalRef(id) : isUserId(id))) return nothing
  return { kind: 'fields', fields: { ...refusal, ...(isGrants ? { principal: id } : {}) }, stopped: [] }
}

const withAccess = new Set(['tenants', 'users'])

const writeOf = ({ path }: Taking, change: Narrowing, { accessId, placementId }: Drawn): Write => {
  if (change.kind !== 'fields') return { kind: 'delete', path }
  const collection = collectionOf(path)
  const fields: DocumentFields = {
    ...change.fields,
    ...(withAccess.has(collection) ? { accessId } : {}),
    ...(change.fields['parentId'] === undefined ? {} : { placementId }),
    ...(collection === 'tenants' && change.fields['parentId'] !== undefined ? { statusReason } : {}),
  }
  return { kind: 'merge', path, fields }
}

const statusReason = 'Moved after the backup that was restored: resume it and move it to its agency.'

const changedBy = ({ path }: Taking, change: Narrowing): Changed => {
  if (change.kind !== 'fields') return { path, what: 'gone', fields: [] }
  const what = change.stopped.length > 0 ? 'stopped' : 'narrowed'
  return { path, what, fields: [...Object.keys(change.fields), ...change.stopped] }
}
