// Stage 0: before any read, floods are turned away by address and by credential prefix.
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { sha256 } from '../../platform/seal.ts'
import type { Allowance } from '../buckets.ts'
import type { GuardDependencies } from '../dependencies.ts'
import type { Passage, StageResult } from '../passage.ts'

/** Wide, because one service behind one address may ask for many customers; refused credentials are charged far more. */
export const byAddress: Allowance = { perMinute: 60_000, burst: 10_000 }
/** A flood of bad credentials slows its address down; a few do not harm who shares it. */
export const refusedCost = 5
export const addressBucket = (address: string | undefined): string => `address:${address ?? 'unknown'}`
const byPrefix: Allowance = { perMinute: 60_000, burst: 5_000 }
// `Bearer lk_api_` and 22 characters of id name a key; all ID tokens begin alike, so of those the end tells one from another.
const tellingPart = (header: string): string => (/^bearer lk_/i.test(header) ? header.slice(0, 36) : header.slice(-64))

export const open = (passage: Passage, { buckets, refused }: GuardDependencies): StageResult => {
  const { call, now } = passage
  const [header] = call.authorization
  const waits = [buckets.take(addressBucket(call.address), byAddress, now)]
  if (header !== undefined) waits.push(buckets.take(`prefix:${sha256(tellingPart(header))}`, byPrefix, now))
  const wait = Math.max(...waits)
  if (wait > 0) return err(iamError('rate_limited', { retryAfterSeconds: wait }))
  if (header !== undefined && refused.has(sha256(header))) return err(iamError('invalid_token'))
  return ok('next')
}
