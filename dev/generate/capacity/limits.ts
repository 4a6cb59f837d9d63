// What is used of each limit at the peak: the fullest of them is what breaks first.
import { walkSeconds } from './background.ts'
import type { Line } from './line.ts'
import { assumed, platform, quotas, settings } from './load.ts'
import { type Reckoned, sum } from './money.ts'
import { events, processes } from './rates.ts'
import { short } from './words.ts'

export interface Limit {
  readonly name: string
  readonly used: number
  readonly limit: number
  readonly unit: string
  /** What happens there, and what helps. */
  readonly outcome: string
}

/** Slots that requests of some lines take at the peak; each takes one for as long as it computes and waits for Firestore. */
const slotsOf = ({ lines }: Reckoned, ...wanted: readonly Line['via'][]): number =>
  sum(
    lines
      .filter(({ via }) => wanted.includes(via))
      .map(({ requests, cpuMilliseconds, cost, atOnce = 1 }) => {
        const taken = cpuMilliseconds + (cost.calls * assumed.waitingMilliseconds) / atOnce
        return (requests.peak * taken) / 1000
      }),
  )

/** Of all lines together, at the peak. */
const atPeak = ({ lines }: Reckoned, of: 'writes' | 'kms'): number =>
  sum(lines.map(({ requests, cost }) => requests.peak * cost[of]))

const kmsOf = ({ lines }: Reckoned, wanted: string): number =>
  sum(lines.filter(({ name }) => name === wanted).map(({ requests, cost }) => requests.peak * cost.kms)) * 60

/** At a budget of ten thousand a day. */
const mailParts = 10

interface Row extends Omit<Limit, 'used' | 'limit' | 'outcome'> {
  readonly used: (reckoned: Reckoned) => number
  readonly limit: (reckoned: Reckoned) => number
  readonly outcome: (reckoned: Reckoned) => string
}

const ofStore: readonly Row[] = [
  {
    name: 'writes of the whole database',
    used: (reckoned) => atPeak(reckoned, 'writes'),
    limit: () => quotas.databaseWritesPerSecond,
    unit: 'writes/s',
    outcome: () =>
      'Firestore grows by half every five minutes beyond its first five hundred; where it is not warm, commits take longer and some are refused with 503. Last uses that cannot be written down are tried again in a minute, and no call waits for them but the report itself; announce large imports.',
  },
  {
    name: 'outbox events by shard and minute (16 shards)',
    used: () => events.peak,
    limit: () => 16 * quotas.sequentialWritesPerSecond,
    unit: 'events/s',
    outcome: () => 'Latency of commits rises. More shards.',
  },
]

const ofFunctions: readonly Row[] = [
  {
    name: 'slots of `authz` (streams and requests)',
    used: (reckoned) => processes.peak + slotsOf(reckoned, 'authz', 'authz part'),
    limit: ({ sizes: { concurrency, maxInstances } }) => concurrency * maxInstances,
    unit: 'slots',
    outcome: (reckoned) =>
      `New streams are refused with 503; SDKs fall back to caches of five seconds and ask more. Streams take ${short(processes.peak)} of them; keys in reports, up to ${settings.usesAtOnce} of which are looked at and written down at once, ${short(slotsOf(reckoned, 'authz part'))}. Raise \`maxInstances\` of \`authz\` before that.`,
  },
  {
    name: 'deliveries of one task queue',
    used: () => assumed.changes.peak * assumed.deliveriesPerChange,
    limit: () => quotas.tasksPerSecondAndQueue,
    unit: 'tasks/s',
    outcome: () => 'Deliveries come later, and none is lost. A second queue.',
  },
  {
    name: 'a walk of the reconciler over everything',
    used: ({ costs }) => walkSeconds(costs) / 86_400,
    limit: () => quotas.walkDays,
    unit: 'days',
    outcome: () =>
      `Damage that no event tells of stays for longer; the limit is our own. It compares ${settings.comparedAtOnce} things side by side for four of five minutes: more of them at once, or a job for each comparison.`,
  },
]

const ofMails: readonly Row[] = [
  {
    name: 'a part of the day’s counter of mails (ten documents)',
    used: () => (assumed.changes.peak * assumed.mailsPerChange) / mailParts,
    limit: () => quotas.documentWritesPerSecond,
    unit: 'writes/s',
    outcome: () =>
      'Mails wait for each other and go out later, and none is lost. A larger budget is counted in more parts.',
  },
  {
    name: 'mails a day of the provider',
    used: () => assumed.changes.average * assumed.mailsPerChange * 86_400,
    limit: () => quotas.mailsPerDay,
    unit: 'mails/day, on average',
    outcome: () =>
      'Plain mails go into digests, the last fifth is kept for security. Raise it with the provider and set `LK_MAILS_PER_DAY`.',
  },
]

const ofKms: readonly Row[] = [
  {
    name: 'KMS: unwrapping',
    used: (reckoned) =>
      kmsOf(reckoned, '`attemptWebhooks`') +
      reckoned.sizes.maxIssuers *
        reckoned.costs.background('credentials/exchange', 'the first token of an instance').kms,
    limit: () => quotas.kmsSoftwarePerMinute,
    unit: 'operations/min, if every instance of `api` started within it',
    outcome: () => 'Issuing waits for the queue of each instance; verifying does not notice.',
  },
  {
    name: 'KMS: seals',
    used: (reckoned) => kmsOf(reckoned, '`sealAudit`'),
    limit: () => quotas.kmsHsmAsymmetricPerMinute,
    unit: 'signatures/min',
    outcome: () =>
      `One a minute for all tenants, however many there are: ${platform.accounts / 1_000_000}M accounts here.`,
  },
]

export const limitsOf = (reckoned: Reckoned): readonly Limit[] =>
  [...ofStore, ...ofFunctions, ...ofMails, ...ofKms]
    .map(({ used, limit, outcome, ...row }) => ({
      ...row,
      used: used(reckoned),
      limit: limit(reckoned),
      outcome: outcome(reckoned),
    }))
    .toSorted((one, other) => other.used / other.limit - one.used / one.limit)
