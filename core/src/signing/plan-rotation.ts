// Rotation as a difference between the ring that is and the ring that should be: whatever a crash left behind, the next plan goes on from there.
import { type Instant, isOver, plusSeconds } from '../kernel/time.ts'
import { activeIn, applyStep, emptyAt, heardAt, newKey, type RingKey, type Step } from './ring.ts'
import type { RotationPolicy } from './rotation-policy.ts'

/** What a key that is still to be made is called in a plan. */
const nameOfNext = (keys: readonly RingKey[]): string => `next-${keys.length}`

/** All steps that are due now, in order; each counts on those before it. Empty at the fix point. */
export const planRotation = (have: readonly RingKey[], want: RotationPolicy, now: Instant): readonly Step[] => {
  const step = nextStep(have, want, now)
  if (step === undefined) return []
  const after = step.kind === 'create' ? [...have, newKey(nameOfNext(have), now)] : applyStep(have, step, now)
  return [step, ...planRotation(after, want, now)]
}

/** The first step that is due. What keeps tokens coming is first; what needs a key made or destroyed elsewhere is last, since it may fail. */
export const nextStep = (keys: readonly RingKey[], want: RotationPolicy, now: Instant): Step | undefined =>
  withoutSigner(keys) ??
  successor(keys, want, now) ??
  publication(keys) ??
  leaving(keys, want, now) ??
  standby(keys) ??
  destruction(keys, want, now)

/** Nobody signs, at the very beginning or after a compromise: the key that has been published the longest must, however short that is. */
const withoutSigner = (keys: readonly RingKey[]): Step | undefined => {
  const active = activeIn(keys)
  if (active !== undefined) return keys.filter(isSigning).length > 1 ? { kind: 'activate', kid: active.kid } : undefined
  const known = longestPublished(keys)
  if (known !== undefined) return { kind: 'activate', kid: known.kid }
  return publication(keys) ?? { kind: 'create' }
}

/** A key takes over once it has been published for the whole life of every cache, and never before. */
const successor = (keys: readonly RingKey[], want: RotationPolicy, now: Instant): Step | undefined => {
  const active = activeIn(keys)
  if (active?.activeAt !== undefined && !isOver(plusSeconds(active.activeAt, want.activeLife), now)) return undefined
  const ready = readyToSign(keys, want, now)
  return ready === undefined ? undefined : { kind: 'activate', kid: ready.kid }
}

/** The standby that may sign at once, without one valid token being refused. */
export const readyToSign = (keys: readonly RingKey[], want: RotationPolicy, now: Instant): RingKey | undefined => {
  const known = longestPublished(keys)
  const heard = known === undefined ? undefined : heardAt(known, want)
  return heard !== undefined && isOver(heard, now) ? known : undefined
}

const publication = (keys: readonly RingKey[]): Step | undefined => {
  const made = keys.find(({ state }) => state === 'created')
  return made === undefined ? undefined : { kind: 'publish', kid: made.kid }
}

const leaving = (keys: readonly RingKey[], want: RotationPolicy, now: Instant): Step | undefined => {
  const empty = keys.find((key) => key.state === 'retiring' && due(emptyAt(key, want), now))
  if (empty !== undefined) return { kind: 'retire', kid: empty.kid }
  const old = keys.find((key) => key.state === 'destroyed' && due(after(key.destroyedAt, want.memory), now))
  return old === undefined ? undefined : { kind: 'forget', kid: old.kid }
}

const standby = (keys: readonly RingKey[]): Step | undefined =>
  longestPublished(keys) === undefined ? { kind: 'create' } : undefined

const destruction = (keys: readonly RingKey[], want: RotationPolicy, now: Instant): Step | undefined => {
  const old = keys.find((key) => key.state === 'retired' && due(after(key.retiredAt, want.retention), now))
  return old === undefined ? undefined : { kind: 'destroy', kid: old.kid }
}

export const longestPublished = <Key extends RingKey>(keys: readonly Key[]): Key | undefined =>
  keys.filter(({ state }) => state === 'published').sort((a, b) => (a.publishedAt ?? 0) - (b.publishedAt ?? 0))[0]

const isSigning = ({ state }: RingKey): boolean => state === 'active'

const after = (from: Instant | undefined, span: RotationPolicy['memory']): Instant | undefined =>
  from === undefined ? undefined : plusSeconds(from, span)

/** A state without its moment is damaged: it goes on, rather than staying for ever. */
const due = (at: Instant | undefined, now: Instant): boolean => at === undefined || isOver(at, now)
