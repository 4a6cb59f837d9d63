// Keys of message authentication codes: which version makes them, which are accepted, and when a version comes or goes.
import { days, type Instant, isOver, minutes, plusSeconds, type Seconds, secondsOf } from '../kernel/time.ts'

/** What we authenticate for ourselves, each with a key of its own. */
export const hmacPurposes = ['form-token', 'page-cursor', 'dpop-nonce'] as const
export type HmacPurpose = (typeof hmacPurposes)[number]

export interface SecretVersion {
  readonly number: number
  readonly createdAt: Instant
}

export interface SecretPolicy {
  /** A version is followed by the next one after so long. */
  readonly makingLife: Seconds
  /** An instance looks for new versions so often. */
  readonly cacheLife: Seconds
  readonly slack: Seconds
  /** The longest life of anything that a version made. */
  readonly valueLife: Seconds
}

export const secretPolicy: SecretPolicy = {
  makingLife: days(30),
  cacheLife: minutes(5),
  slack: minutes(5),
  valueLife: days(1),
}

export type SecretStep = { readonly kind: 'add' } | { readonly kind: 'destroy'; readonly number: number }

/** All that is due for the live versions of one secret. A second version made by a race is as good as the first. */
export const planSecret = (have: readonly SecretVersion[], want: SecretPolicy, now: Instant): readonly SecretStep[] => {
  const newest = byAge(have).at(-1)
  if (newest === undefined || isOver(plusSeconds(newest.createdAt, want.makingLife), now)) return [{ kind: 'add' }]
  return have.filter((version) => isSpent(version, have, want, now)).map(({ number }) => ({ kind: 'destroy', number }))
}

/** The newest version that every instance has heard of; at the very beginning, the first. */
export const makingVersion = <Version extends SecretVersion>(
  have: readonly Version[],
  want: SecretPolicy,
  now: Instant,
): Version | undefined => {
  const known = byAge(have)
  return known.findLast((version) => isOver(heardAt(version, want), now)) ?? known[0]
}

const heardAt = ({ createdAt }: SecretVersion, { cacheLife, slack }: SecretPolicy): Instant =>
  plusSeconds(createdAt, secondsOf(cacheLife + slack))

/** Two live versions always stay; an older one goes when nothing that it made can be alive. */
const isSpent = (version: SecretVersion, have: readonly SecretVersion[], want: SecretPolicy, now: Instant): boolean => {
  const newer = byAge(have.filter(({ number }) => number > version.number))
  const [successor] = newer
  if (successor === undefined || newer.length < 2) return false
  return isOver(plusSeconds(heardAt(successor, want), secondsOf(want.valueLife + want.slack)), now)
}

const byAge = <Version extends SecretVersion>(have: readonly Version[]): readonly Version[] =>
  have.toSorted((a, b) => a.number - b.number)
