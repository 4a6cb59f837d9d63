// What ends by itself: one line here, and a new artefact is swept. Garbage collection only; every check refuses what is over by itself.
import { days, hours, type Instant, isOver, plusSeconds, type Seconds, secondsOf } from '@latchkey/core/kernel/time'
import { shardOf } from '../seal.ts'
import { collectionOf } from './collections.ts'
import { type DocumentFields, instantIn } from './reader.ts'

export interface Expiring {
  /** The field with the moment from which on it is nothing any more. */
  readonly end: string
  /** How long people can still see it afterwards. */
  readonly keep: Seconds
  /** While one of these fields is there, it is not done with. */
  readonly held?: readonly string[]
}

const seen = days(30)

/** By collection, as in `collections.ts`. */
export const expiring: Readonly<Record<string, Expiring>> = {
  idempotency: { end: 'expiresAt', keep: secondsOf(0) },
  limits: { end: 'expiresAt', keep: secondsOf(0) },
  outbox: { end: 'at', keep: hours(24), held: ['toRelay', 'toSeal'] },
  operations: { end: 'finishedAt', keep: seen },
  parked: { end: 'parkedAt', keep: seen },
  'tenants/*/viewers': { end: 'until', keep: hours(1) },
  'tenants/*/denials': { end: 'expiresAt', keep: secondsOf(0) },
  'tenants/*/webhooks/*/deliveries': { end: 'at', keep: seen },
  'tenants/*/assignments': { end: 'until', keep: seen },
  'tenants/*/invitations': { end: 'expiresAt', keep: seen },
  'tenants/*/apiKeys': { end: 'notAfter', keep: seen },
  // After the key that it is of: nobody sees a key without its secret.
  credentials: { end: 'notAfter', keep: secondsOf(seen + hours(24)) },
  'users/*/notifications': { end: 'at', keep: days(90) },
  mails: { end: 'at', keep: days(30), held: ['due'] },
  uses: { end: 'lastUsedAt', keep: days(400) },
}

/** The field by which sweeps find what is due: shard and hour, so that neither a moving end nor one tenant makes a hot range (DESIGN.md §7). */
export const sweepField = 'sweep'
const sweepShards = 16
export const shards = Array.from({ length: sweepShards }, (_, shard) => shard)

const hourSeconds = hours(1)
const textOf = (shard: number, hour: number): string =>
  `s${String(shard).padStart(2, '0')}-${String(hour).padStart(7, '0')}`

/** What is found in a shard from the first to the last of these is due. */
export const dueRange = (shard: number, now: Instant): readonly [from: string, to: string] => [
  textOf(shard, 0),
  textOf(shard, Math.floor(now / 1000 / hourSeconds)),
]

/** The shard of a document and the first whole hour from `at` on: from then it is in the range that is due. */
export const bucketOf = (path: string, fields: DocumentFields, at: Instant): string =>
  textOf(shardOfDocument(path, fields), Math.ceil(at / 1000 / hourSeconds))

/** All of one tenant are in one shard: whoever leaves a million things behind delays nobody in the other fifteen (CATALOGUE T-46). */
const shardOfDocument = (path: string, fields: DocumentFields): number => {
  const [root = '', id = '', inner] = path.split('/')
  const tenant = root === 'tenants' ? id : fields['tenant']
  return shardOf(typeof tenant === 'string' ? tenant : inner === undefined ? path : id, sweepShards)
}

/** The whole hour after its end and the time that it is kept. */
const hourOf = (end: Instant, { keep }: Expiring): number => Math.floor(plusSeconds(end, keep) / 1000 / hourSeconds) + 1

/** Whether it may go: over, and kept long enough. */
export const isDue = (kind: string, fields: DocumentFields, now: Instant): boolean => {
  const known = expiring[kind]
  const end = instantIn(fields[known?.end ?? ''])
  return known !== undefined && end !== undefined && isOver(plusSeconds(end, known.keep), now)
}

/**
 * The fields of a write with the sweep field that belongs to them; undefined takes it away from a document that ends no more.
 * Fields without a word about the end leave it as it is, unless they are the whole document.
 */
export const withSweepField = (path: string, fields: DocumentFields, whole: boolean): DocumentFields => {
  const known = expiring[collectionOf(path)]
  if (known === undefined) return fields
  const end = instantIn(fields[known.end])
  if (end !== undefined) return { ...fields, [sweepField]: textOf(shardOfDocument(path, fields), hourOf(end, known)) }
  if (!whole) return Object.hasOwn(fields, known.end) ? { ...fields, [sweepField]: undefined } : fields
  const { [sweepField]: _stale, ...rest } = fields
  return rest
}
