// After a restore, before anybody is let in: what was taken away since the backup is taken away again, and every sign-in ends. By an operator who may write the database.
import { type OpId, platformTenant, prefixes } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import { type Instant, toIso } from '@latchkey/core/kernel/time'
import type { App } from '../app.ts'
import { sentenceOf } from '../platform/log.ts'
import { bySystem } from '../platform/store/by-system.ts'
import { type Ending, platformEndAt, platformEndWrites } from '../platform/store/platform-ends.ts'
import type { Gathered } from '../rooms/lifecycle/restore/gather-takings.ts'
import { type Replay, type Replayed, replayTakings } from '../rooms/lifecycle/restore/replay-takings.ts'

export interface Restored extends Replayed {
  /** What was made or signed in until then is dead; undefined when nothing was ended. */
  readonly endedUntil: string | undefined
  /** Tenants that have lost their last owner, because who owns them now was made one after the backup. */
  readonly ownerless: readonly string[]
}

type Restoring = Replay & { readonly ending: Ending }

/** The sign-ins end last: a run that stops in the middle has not said that it is done. */
export const restorePlatform = async (
  app: App,
  { pieces, newestEarlier }: Pick<Gathered, 'pieces' | 'newestEarlier'>,
  { ending, ...replay }: Restoring,
): Promise<Restored> => {
  const { read, commit } = app.store
  const replayed = await replayTakings(pieces, replay, { read, commit, clock: app.clock, drawId: app.drawId })
  const late = await lateFault(app, newestEarlier, replay.since)
  const ownerless = await ownerlessOf(app, replayed)
  const failed = [...replayed.failed, ...late]
  if (replay.dryRun || (!ending.keys && !ending.sessions))
    return { ...replayed, failed, ownerless, endedUntil: undefined }
  const ended = await endEverything(app, ending).catch((error: unknown) => sentenceOf(error))
  return typeof ended === 'string'
    ? { ...replayed, failed: [...failed, `Sign-ins could not be ended: ${ended}`], ownerless, endedUntil: undefined }
    : { ...replayed, failed, ownerless, endedUntil: toIso(ended) }
}

/** What happened before the backup is in it: a moment that is too late would leave out what is not. */
const lateFault = async ({ store }: App, paths: readonly string[], since: Instant): Promise<readonly string[]> => {
  const found = await store.read.getAll(paths)
  const lost = paths.filter((_, index) => found[index] === undefined)
  return lost.length === 0
    ? []
    : [`${lost.length} events of before ${toIso(since)} are not in this database, as ${lost[0]}: --since is too late`]
}

const ownerlessOf = async ({ store }: App, { changed }: Replayed): Promise<readonly string[]> => {
  const paths = changed.filter(({ fields }) => fields.includes('owners')).map(({ path }) => path)
  const found = await store.read.getAll(paths)
  return paths.filter((_, index) => {
    const owners = found[index]?.['owners']
    return found[index]?.['status'] !== 'deleted' && Array.isArray(owners) && owners.length === 0
  })
}

const endEverything = async ({ store, clock, drawId }: App, ending: Ending): Promise<Instant> => {
  const now = clock()
  const end = platformEndAt(now)
  const opId = drawId(prefixes.op) as OpId // just drawn
  const details = { sessions: ending.sessions, keys: ending.keys, until: toIso(end) }
  const done = await store.commit(bySystem({ job: 'restore', opId, runId: 'restore', now }), {
    tenant: platformTenant,
    plan: async (read) =>
      ok({
        writes: await platformEndWrites(read, ending, end),
        event: { type: 'lifecycle.platform_ended', targets: [`tenant:${platformTenant}`], details },
        outcome: {},
      }),
    answer: (outcome) => outcome,
  })
  if (!done.ok) throw new Error(`What was made before could not be ended: ${done.error.code}.`)
  return end
}
