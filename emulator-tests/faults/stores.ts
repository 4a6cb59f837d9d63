// Stores that let a test step in at one exact moment: before a commit, after it, or at its reads.
import { systemClock } from '../../functions/src/platform/clock.ts'
import { openStore, type Store } from '../../functions/src/platform/store/open.ts'

/** What happens around the next commit, once each; a promise that never settles is a process that died. */
export interface Moments {
  beforeCommit: (() => Promise<void>) | undefined
  afterCommit: (() => Promise<void>) | undefined
}

export const steppedStore =
  (moments: Moments, open: (projectId: string) => Store = (projectId) => openStore(projectId, systemClock())) =>
  (projectId: string): Store => {
    const store = open(projectId)
    const commit: Store['commit'] = async (context, plan) => {
      const { beforeCommit, afterCommit } = moments
      moments.beforeCommit = undefined
      moments.afterCommit = undefined
      await beforeCommit?.()
      const result = await store.commit(context, plan)
      await afterCommit?.()
      return result
    }
    return { ...store, commit }
  }

/** A door that stays shut until it is opened. */
export const gate = () => {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
