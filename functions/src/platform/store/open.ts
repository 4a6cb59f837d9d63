// Opens Firestore; the client connects at its first call, so opening costs nothing.
import { Firestore } from '@google-cloud/firestore'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { systemRandom } from '../random.ts'
import { type Cache, documentCache } from './cache.ts'
import { type Commit, firestoreCommit } from './commit.ts'
import { firestoreOperate, type Operate } from './operate.ts'
import { firestoreOutboxFeed, type OutboxFeed } from './outbox-feed.ts'
import { firestoreProject, type Project } from './project.ts'
import { type Reader, strictReader } from './reader.ts'
import { firestoreReminders, type Reminders } from './reminders.ts'
import { firestoreSweep, type Sweep } from './sweep.ts'
import { allDone } from './under-way.ts'

export interface Store {
  readonly read: Reader
  /** Reads that may be four seconds old, for calls that say so. */
  readonly cache: Cache
  readonly commit: Commit
  readonly project: Project
  readonly operate: Operate
  readonly outbox: OutboxFeed
  readonly sweep: Sweep
  readonly reminders: Reminders
  /** Waits for what is under way, that of a caller who gave up included. */
  readonly close: () => Promise<void>
}

/** Beside an emulator the client finds it by FIRESTORE_EMULATOR_HOST, which overrules any setting. */
export const openStore = (projectId: string, clock: Clock, log: Log = () => undefined): Store => {
  const firestore = new Firestore({ projectId })
  const read = strictReader(firestore)
  const cache = documentCache(read, clock)
  const outbox = firestoreOutboxFeed(firestore)
  return {
    read,
    cache,
    commit: firestoreCommit(firestore, { read, forget: cache.forget, log, random: systemRandom }),
    project: firestoreProject(firestore, { read, forget: cache.forget }),
    operate: firestoreOperate(firestore),
    outbox,
    sweep: firestoreSweep(firestore),
    reminders: firestoreReminders(firestore),
    close: async () => {
      outbox.close()
      await allDone(firestore)
      await firestore.terminate()
    },
  }
}
