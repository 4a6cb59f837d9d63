// A ring of signing keys: the states of its keys, and what each step does to them.
import { type Instant, instantOf, plusSeconds } from '../kernel/time.ts'
import type { RotationPolicy } from './rotation-policy.ts'

export const keyStates = ['created', 'published', 'active', 'retiring', 'retired', 'destroyed'] as const
export type KeyState = (typeof keyStates)[number]

/** Moments are written once, by the step that brought the key there. */
export interface RingKey {
  readonly kid: string
  readonly state: KeyState
  readonly createdAt: Instant
  readonly publishedAt: Instant | undefined
  /** When it began to sign. */
  readonly activeAt: Instant | undefined
  /** When it stopped to sign. */
  readonly retiringAt: Instant | undefined
  /** When it left the published set. */
  readonly retiredAt: Instant | undefined
  readonly destroyedAt: Instant | undefined
  /** Set for good when it was declared compromised: from then on it verifies nothing, whatever a clock says. */
  readonly compromisedAt: Instant | undefined
}

export type Step =
  /** A new key is made: the one step that draws randomness, so its name is only known afterwards. */
  | { readonly kind: 'create' }
  | { readonly kind: 'publish'; readonly kid: string }
  /** It begins to sign, and whichever signed before stops, in the same step: there is never a moment with none or with two. */
  | { readonly kind: 'activate'; readonly kid: string }
  | { readonly kind: 'retire'; readonly kid: string }
  /** Its private key is destroyed. */
  | { readonly kind: 'destroy'; readonly kid: string }
  /** Nothing is kept of it, not even its name. */
  | { readonly kind: 'forget'; readonly kid: string }

export const newKey = (kid: string, now: Instant): RingKey => ({
  kid,
  state: 'created',
  createdAt: now,
  publishedAt: undefined,
  activeAt: undefined,
  retiringAt: undefined,
  retiredAt: undefined,
  destroyedAt: undefined,
  compromisedAt: undefined,
})

/** The ring after a step; `create` adds the key that was made, every other step changes the keys that are there. */
export const applyStep = <Key extends RingKey>(
  keys: readonly Key[],
  step: Exclude<Step, { kind: 'create' }>,
  now: Instant,
) =>
  keys.flatMap((key): readonly Key[] => {
    if (step.kind === 'activate') return [turned(key, step.kid, now)]
    if (key.kid !== step.kid) return [key]
    return step.kind === 'forget' ? [] : [{ ...key, ...stamps[step.kind](now) }]
  })

const stamps = {
  publish: (now: Instant) => ({ state: 'published', publishedAt: now }),
  retire: (now: Instant) => ({ state: 'retired', retiredAt: now }),
  destroy: (now: Instant) => ({ state: 'destroyed', destroyedAt: now }),
} as const

const turned = <Key extends RingKey>(key: Key, kid: string, now: Instant): Key => {
  if (key.kid === kid) return key.state === 'active' ? key : { ...key, state: 'active', activeAt: now }
  return key.state === 'active' ? { ...key, state: 'retiring', retiringAt: now } : key
}

/** In the set that everybody verifies with. */
export const isPublished = ({ state, compromisedAt }: RingKey): boolean =>
  compromisedAt === undefined && (state === 'published' || state === 'active' || state === 'retiring')

/** The only key that signs; undefined when none does. */
export const activeIn = <Key extends RingKey>(keys: readonly Key[]): Key | undefined =>
  keys.findLast(({ state }) => state === 'active')

/** When a key has nothing more to verify: its last token has died, on the slowest clock. */
export const emptyAt = ({ retiringAt }: RingKey, policy: RotationPolicy): Instant | undefined =>
  retiringAt === undefined ? undefined : plusSeconds(plusSeconds(retiringAt, policy.tokenLife), policy.slack)

/** When every verifier must have heard of a key. */
export const heardAt = ({ publishedAt }: RingKey, policy: RotationPolicy): Instant | undefined =>
  publishedAt === undefined ? undefined : plusSeconds(plusSeconds(publishedAt, policy.cacheLife), policy.slack)

/** The newest moment that anybody has written into the ring: a clock that is far behind it is wrong. */
export const newestMoment = (keys: readonly RingKey[]): Instant => {
  const moments = keys.flatMap((key) => [key.createdAt, key.publishedAt, key.activeAt, key.retiringAt, key.retiredAt])
  return instantOf(Math.max(0, ...moments.filter((at) => at !== undefined)))
}
