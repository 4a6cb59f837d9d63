// What is used of each limit at the peak: the fullest of them is what breaks first.
import { readFileSync } from 'node:fs'
import { goldenManifestFile } from '../../checks/functions-deploy.ts'
import { assumed, quotas } from './load.ts'
import { type Line, processes } from './traffic.ts'

export interface Limit {
  readonly name: string
  readonly used: number
  readonly limit: number
  readonly unit: string
  /** What happens there, and what helps. */
  readonly outcome: string
}

export interface Sizes {
  readonly concurrency: number
  readonly maxInstances: number
  readonly memoryGiB: number
}

/** Of the function that answers services, as it is deployed. */
export const readSizes = (): Sizes => {
  const { endpoints } = JSON.parse(readFileSync(goldenManifestFile, 'utf8')) as {
    readonly endpoints: Readonly<
      Record<
        string,
        { readonly concurrency: number; readonly maxInstances: number; readonly availableMemoryMb: number }
      >
    >
  }
  const authz = endpoints['authz']
  if (authz === undefined) throw new Error('The manifest has no function `authz`.')
  const { concurrency, maxInstances, availableMemoryMb } = authz
  return { concurrency, maxInstances, memoryGiB: availableMemoryMb / 1024 }
}

/** The slots that streams and requests of services take at the peak. */
export const authzSlots = (lines: readonly Line[]): number => {
  const busy = lines
    .filter(({ name }) => /v1|describe|verify/.test(name))
    .reduce(
      (sum, { requests, cpuMilliseconds }) => sum + (requests.peak * (cpuMilliseconds + waitingMilliseconds)) / 1000,
      0,
    )
  return processes.peak + busy
}

/** At a budget of ten thousand a day. */
const mailParts = 10

/** A request waits for Firestore meanwhile. */
const waitingMilliseconds = 20

interface Measured extends Sizes {
  readonly lines: readonly Line[]
}

interface Row extends Omit<Limit, 'used' | 'limit'> {
  readonly used: (measured: Measured) => number
  readonly limit: (measured: Measured) => number
}

const rows: readonly Row[] = [
  {
    name: 'slots of `authz` (streams and requests)',
    used: ({ lines }) => authzSlots(lines),
    limit: ({ concurrency, maxInstances }) => concurrency * maxInstances,
    unit: 'slots',
    outcome:
      'New streams are refused with 503; SDKs fall back to caches of five seconds and ask more. Raise `maxInstances` of `authz` before the number of processes doubles.',
  },
  {
    name: 'a part of the day’s counter of mails (ten documents)',
    used: () => (assumed.changes.peak * assumed.mailsPerChange) / mailParts,
    limit: () => quotas.documentWritesPerSecond,
    unit: 'writes/s',
    outcome: 'Mails wait for each other and go out later, and none is lost. A larger budget is counted in more parts.',
  },
  {
    name: 'mails a day of the provider',
    used: () => assumed.changes.average * assumed.mailsPerChange * 86_400,
    limit: () => quotas.mailsPerDay,
    unit: 'mails/day, on average',
    outcome:
      'Plain mails go into digests, the last fifth is kept for security. Raise it with the provider and set `LK_MAILS_PER_DAY`.',
  },
  {
    name: 'outbox events by shard and minute (16 shards)',
    used: () => assumed.changes.peak,
    limit: () => 16 * quotas.sequentialWritesPerSecond,
    unit: 'events/s',
    outcome: 'Latency of commits rises. More shards.',
  },
  {
    name: 'deliveries of one task queue',
    used: () => assumed.changes.peak * assumed.deliveriesPerChange,
    limit: () => quotas.tasksPerSecondAndQueue,
    unit: 'tasks/s',
    outcome: 'Deliveries come later, and none is lost. A second queue.',
  },
  {
    name: 'KMS: unwrapping at the start of instances',
    used: ({ maxInstances }) => maxInstances * 60,
    limit: () => quotas.kmsSoftwarePerMinute,
    unit: 'operations/min, if every instance of `authz` started each second',
    outcome: 'Issuing waits for the queue of each instance; verifying does not notice.',
  },
  {
    name: 'KMS: seals',
    used: () => 1,
    limit: () => quotas.kmsHsmAsymmetricPerMinute,
    unit: 'signatures/min',
    outcome: 'One a minute for all tenants, however many there are.',
  },
  {
    name: 'writes of the whole database',
    used: ({ lines }) => lines.reduce((sum, { requests, cost }) => sum + requests.peak * cost.writes, 0),
    limit: () => 10_000,
    unit: 'writes/s before it must be warmed up',
    outcome: 'Firestore grows by half every five minutes beyond its first five hundred; announce large imports.',
  },
]

export const limitsOf = (lines: readonly Line[], sizes: Sizes): readonly Limit[] =>
  rows
    .map(({ used, limit, ...row }) => ({ ...row, used: used({ lines, ...sizes }), limit: limit({ lines, ...sizes }) }))
    .toSorted((one, other) => other.used / other.limit - one.used / one.limit)
