// Stage 5: how often one principal may do one thing, and what a refusal costs.
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import type { Allowance } from '../buckets.ts'
import type { RateClass } from '../definition.ts'
import type { GuardDependencies } from '../dependencies.ts'
import type { Passage, StageResult } from '../passage.ts'

export const allowances: Readonly<Record<RateClass, Allowance>> = {
  read: { perMinute: 600, burst: 200 },
  write: { perMinute: 240, burst: 120 },
  verify: { perMinute: 60_000, burst: 5_000 },
}

const bucketOf = ({ definition, caller, call }: Passage): string =>
  `${definition.group}/${definition.name}:${caller?.principal ?? call.address ?? 'unknown'}`

export const limit = (passage: Passage, { buckets }: GuardDependencies): StageResult => {
  const wait = buckets.take(bucketOf(passage), allowances[passage.definition.rate], passage.now)
  return wait === 0 ? ok('next') : err(iamError('rate_limited', { retryAfterSeconds: wait }))
}

/** What the use of a key from elsewhere or beyond its plan is refused for: it is not its owner who pays, or a stolen key would silence them. */
const paidByTheKey = new Set<string>(['rate_limited', 'restriction_failed'])

/** Refusals at stages 1–4 are charged as calls, so that probing runs into the same wall: then it learns no more than that. */
export const chargeRefusal = (passage: Passage, refusal: IamError, { buckets }: GuardDependencies): IamError => {
  if (paidByTheKey.has(refusal.code)) return refusal
  const wait = buckets.take(bucketOf(passage), allowances[passage.definition.rate], passage.now)
  return wait === 0 ? refusal : iamError('rate_limited', { retryAfterSeconds: wait })
}
