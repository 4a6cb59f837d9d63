// After a restore, before anybody is let in: what was taken away since the backup is taken away again, and every sign-in ends. By an operator who may write the database.
import { type OpId, platformTenant, prefixes } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import { type Instant, toIso } from '@latchkey/core/kernel/time'
import type { App } from '../app.ts'
import { bySystem } from '../platform/store/by-system.ts'
import { type Ending, platformEndAt, platformEndWrites } from '../platform/store/platform-ends.ts'
import type { Gathered } from '../rooms/lifecycle/restore/gather-takings.ts'
import { type Replay, type Replayed, replayTakings } from '../rooms/lifecycle/restore/replay-takings.ts'

export interface Restored extends Replayed {
  /** What was made or signed in until then is dead; undefined when nothing was ended. */
  readonly endedUntil: string | undefined
}

/** The sign-ins end last: a run that stops in the middle has not said that it is done. */
export const restorePlatform = async (
  app: App,
  { pieces }: Gathered,
  { ending, ...replay }: Replay & { readonly ending: Ending },
): Promise<Restored> => {
  const { read, commit } = app.store
  const replayed = await replayTakings(pieces, replay, { read, commit, clock: app.clock, drawId: app.drawId })
  if (replay.dryRun || (!ending.keys && !ending.sessions)) return { ...replayed, endedUntil: undefined }
  return { ...replayed, endedUntil: toIso(await endEverything(app, ending)) }
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
