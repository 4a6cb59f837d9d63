// Instances of the product beside a KMS of their own: several on one project, each with its own clock, its own caches and its own accidents.
import { randomUUID } from 'node:crypto'
import { days, type Instant, instantOf } from '@latchkey/core/kernel/time'
import { policyOf } from '@latchkey/core/signing/rotation-policy'
import { type Emulators, startEmulators } from '@latchkey/emulators/start'
import { type App, createApp, type Replaced } from '../../../functions/src/app.ts'
import type { Clock } from '../../../functions/src/platform/clock.ts'
import { jsonLog } from '../../../functions/src/platform/log.ts'
import { openStore, type Store } from '../../../functions/src/platform/store/open.ts'
import { clearFirestore, endpoints } from '../../support/stack.ts'

export interface Estate {
  readonly projectId: string
  /** The true time, which no instance knows exactly. */
  readonly time: { now: number }
  readonly kms: Emulators
  /** An instance whose clock is off by `skew` milliseconds. */
  readonly instance: (options?: InstanceOptions) => Instance
  readonly close: () => Promise<void>
}

export interface InstanceOptions extends Replaced {
  readonly skew?: number
}

export interface Instance {
  readonly app: App
  readonly logs: string[]
  /** What happens around the next commits; set by a test, gone when it happened. */
  readonly accidents: Accident[]
}

/** The process dies before its commit, or after it, before it heard the answer. */
export type Accident = 'before' | 'after' | 'none'

export class Killed extends Error {}

const withAccidents = (store: Store, accidents: Accident[]): Store => ({
  ...store,
  commit: async (context, plan) => {
    const accident = accidents.shift()
    if (accident === 'before') throw new Killed('before its commit')
    const done = await store.commit(context, plan)
    if (accident === 'after') throw new Killed('after its commit')
    return done
  },
})

export const makeEstate = async (from = Date.UTC(2026, 0, 1)): Promise<Estate> => {
  const projectId = `demo-${randomUUID().slice(0, 13)}`
  await clearFirestore(projectId)
  const time = { now: from }
  const kms = await startEmulators({ now: () => time.now })
  const stores: Store[] = []
  const instance = ({ skew = 0, ...replaced }: InstanceOptions = {}): Instance => {
    const clock: Clock = (): Instant => instantOf(time.now + skew)
    const accidents: Accident[] = []
    const logs: string[] = []
    const store = openStore(projectId, clock)
    stores.push(store)
    const app = createApp(
      {
        GCLOUD_PROJECT: projectId,
        FIRESTORE_EMULATOR_HOST: endpoints.firestore,
        LK_KMS_ENDPOINT: `127.0.0.1:${kms.port}`,
      },
      {
        clock,
        store: withAccidents(store, accidents),
        log: jsonLog((line) => void logs.push(line)),
        publish: async () => undefined,
        ...replaced,
      },
    )
    return { app, logs, accidents }
  }
  return {
    projectId,
    time,
    kms,
    instance,
    close: async () => {
      await Promise.all(stores.map((store) => store.close()))
      await kms.stop()
      await clearFirestore(projectId)
    },
  }
}

/** A key signs for so many days only; everything else is as it is in use. */
export const everyDays =
  (count: number): typeof policyOf =>
  (purpose) => ({ ...policyOf(purpose), activeLife: days(count) })

export const dailyRotation = everyDays(1)
