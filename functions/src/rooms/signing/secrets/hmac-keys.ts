// The keys of our own message authentication codes, kept for five minutes: one makes, all live ones are accepted.
import { invariant } from '@latchkey/core/kernel/invariant'
import { hours, type Instant, isOver, plusSeconds, type Seconds, secondsOf } from '@latchkey/core/kernel/time'
import {
  type HmacPurpose,
  makingVersion,
  type SecretPolicy,
  type SecretVersion,
} from '@latchkey/core/signing/secret-versions'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../../platform/clock.ts'
import type { Secrets } from '../../../platform/cloud/secrets.ts'
import type { Log } from '../../../platform/log.ts'
import type { RandomBytes } from '../../../platform/random.ts'
import { StoreError } from '../../../platform/store/store-error.ts'

export interface HmacKey {
  /** Travels beside the code, so that whoever checks it knows the key. */
  readonly version: number
  readonly bytes: Uint8Array
}

export interface HmacKeys {
  readonly making: HmacKey
  /** All that may be met, `making` included. */
  readonly accepted: readonly HmacKey[]
}

/**
 * Rejects with a StoreError when the keys cannot be known: nothing is made or accepted then. `met` is the version beside a code that is to be
 * checked: one that is not known is looked for, and where nobody can be asked, it is not known to be wrong.
 */
export type ReadHmacKeys = (purpose: HmacPurpose, met?: number) => Promise<HmacKeys>

export interface SecretsDependencies {
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
  readonly secrets: Secrets
  readonly policy: SecretPolicy
}

export const secretOf = (purpose: HmacPurpose): string => `latchkey-hmac-${purpose}`
export const keyBytes = 32

/** With Secret Manager down an instance goes on with what it knows: a version lives for a day after its last use. */
const staleLife = hours(1)
const maxVersions = 50
/** Neither a service that fails nor made-up versions make an instance ask more often. */
const cooldown = secondsOf(10)

interface Kept {
  readonly versions: readonly Live[]
  readonly at: Instant
}
type Live = SecretVersion & { readonly bytes: Uint8Array }

/** One question at a time about each purpose: whoever asks meanwhile hears the same answer. */
const asking = (dependencies: SecretsDependencies, kept: Map<HmacPurpose, Kept>) => {
  const askedAt = new Map<HmacPurpose, Instant>()
  const loading = new Map<HmacPurpose, Promise<Kept>>()
  const load = versionLoader(dependencies)
  const ask = async (purpose: HmacPurpose, now: Instant): Promise<Kept> => {
    askedAt.set(purpose, now)
    const fresh = await load(purpose)
    kept.set(purpose, fresh)
    return fresh
  }
  return {
    refresh: (purpose: HmacPurpose, now: Instant): Promise<Kept> => {
      const running = loading.get(purpose) ?? ask(purpose, now).finally(() => loading.delete(purpose))
      loading.set(purpose, running)
      return running
    },
    hasAsked: (purpose: HmacPurpose, now: Instant): boolean =>
      !loading.has(purpose) && isWithin(askedAt.get(purpose), cooldown, now),
  }
}

export const hmacKeyReader = (dependencies: SecretsDependencies): ReadHmacKeys => {
  const { clock, policy, log } = dependencies
  const kept = new Map<HmacPurpose, Kept>()
  const { refresh, hasAsked } = asking(dependencies, kept)
  const current = async (purpose: HmacPurpose, now: Instant): Promise<Kept> => {
    const known = kept.get(purpose)
    if (known !== undefined && isWithin(known.at, policy.cacheLife, now)) return known
    const isUsable = known !== undefined && !isOver(plusSeconds(known.at, staleLife), now)
    if (isUsable && hasAsked(purpose, now)) return known
    try {
      return await refresh(purpose, now)
    } catch (error) {
      if (!isUsable) throw error
      log('WARNING', 'secrets could not be refreshed', { purpose, error })
      return known
    }
  }
  const whereMet = async (known: Kept, purpose: HmacPurpose, met: number | undefined, now: Instant): Promise<Kept> => {
    if (met === undefined || known.versions.some(({ number }) => number === met)) return known
    if (!hasAsked(purpose, now)) return refresh(purpose, now)
    if (isWithin(known.at, policy.cacheLife, now)) return known
    throw new StoreError('unavailable', `version ${met} of ${secretOf(purpose)} cannot be looked for`)
  }
  return async (purpose, met) => {
    const now = clock()
    const { versions } = await whereMet(await current(purpose, now), purpose, met, now)
    const making = makingVersion(versions, policy, now)
    invariant(making !== undefined, 'a secret that was loaded has a version')
    return { making: keyOf(making), accepted: versions.map(keyOf) }
  }
}

/** A clock that was set back makes nothing younger. */
const isWithin = (from: Instant | undefined, span: Seconds, now: Instant): boolean =>
  from !== undefined && now >= from && !isOver(plusSeconds(from, span), now)

const keyOf = ({ number, bytes }: Live): HmacKey => ({ version: number, bytes })

/** A version never changes, so its bytes are fetched once an instance. A secret without any version gets its first one. */
const versionLoader = ({ clock, random, secrets }: SecretsDependencies) => {
  const fetched = new LRUCache<string, Uint8Array>({ max: maxVersions })
  const bytesOf = async (secret: string, number: number): Promise<Uint8Array> => {
    const name = `${secret}/${number}`
    const bytes = fetched.get(name) ?? (await secrets.access(secret, number))
    fetched.set(name, bytes)
    return bytes
  }
  return async (purpose: HmacPurpose): Promise<Kept> => {
    const at = clock()
    const secret = secretOf(purpose)
    const found = await secrets.versions(secret)
    if (found.length === 0) await secrets.add(secret, random(keyBytes))
    const live = found.length === 0 ? await secrets.versions(secret) : found
    const versions = await Promise.all(
      live.map(async (version) => ({ ...version, bytes: await bytesOf(secret, version.number) })),
    )
    return { versions, at }
  }
}
