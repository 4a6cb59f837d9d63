// The composition root: what every function has, put together once an instance from its environment.

import { memoryBuckets, refusedCache } from './guard/buckets.ts'
import type { GuardDependencies } from './guard/dependencies.ts'
import type { Accounts } from './platform/auth.ts'
import { firebaseAccounts } from './platform/auth.ts'
import { type Clock, systemClock } from './platform/clock.ts'
import { type Config, type Environment, readConfig } from './platform/config.ts'
import { invokerCheck } from './platform/invoker.ts'
import { jsonLog, type Log } from './platform/log.ts'
import { type Publish, pubSubPublisher } from './platform/publish.ts'
import { type DrawId, idDrawer, type RandomBytes, systemRandom } from './platform/random.ts'
import { openStore, type Store } from './platform/store/open.ts'
import { type CatalogueStore, catalogueStore } from './rooms/access/facts/catalogue-store.ts'
import { factsLoader, type LoadFacts } from './rooms/access/facts/load-facts.ts'
import { denialNoter, type NoteDenial } from './rooms/access/questions/note-denial.ts'
import { authenticateKey, stillCounts } from './rooms/credentials/authenticate-key.ts'
import { type NoteUse, useNoter } from './rooms/credentials/note-use.ts'

export interface App {
  readonly config: Config
  readonly clock: Clock
  readonly drawId: DrawId
  readonly random: RandomBytes
  readonly log: Log
  readonly store: Store
  readonly publish: Publish
  readonly catalogues: CatalogueStore
  readonly loadFacts: LoadFacts
  readonly noteUse: NoteUse
  readonly noteDenial: NoteDenial
  readonly guard: GuardDependencies
}

/** What a test or the demo seed may replace; everything else is real everywhere. */
export interface Replaced {
  readonly drawId?: DrawId
  readonly store?: Store
  readonly clock?: Clock
  readonly log?: Log
  readonly accounts?: Accounts
  readonly publish?: Publish
}

/** Throws one clear sentence when the environment is unsafe (a real project with emulator settings, say). */
export const createApp = (env: Environment, replaced: Replaced = {}): App => {
  const config = readConfig(env)
  const clock = replaced.clock ?? systemClock(config.clockFile)
  const drawId = replaced.drawId ?? idDrawer(systemRandom)
  const log = replaced.log ?? jsonLog((line) => void process.stdout.write(`${line}\n`))
  const store = replaced.store ?? openStore(config.projectId, clock)
  const catalogues = catalogueStore(store.read)
  const loadFacts = factsLoader(catalogues)
  const noteUse = useNoter(store.project)
  const noteDenial = denialNoter(store.operate)
  const shared = { config, clock, drawId, log, store, catalogues, loadFacts, noteUse, noteDenial, random: systemRandom }
  return {
    ...shared,
    publish: replaced.publish ?? pubSubPublisher(config.projectId),
    guard: {
      ...shared,
      authenticateKey,
      stillCounts,
      read: store.read,
      cache: store.cache,
      operate: store.operate,
      accounts: replaced.accounts ?? firebaseAccounts(config.projectId),
      checkInvoker: invokerCheck(config),
      buckets: memoryBuckets(),
      refused: refusedCache(),
    },
  }
}
