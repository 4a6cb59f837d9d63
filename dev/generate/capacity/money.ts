// What the month costs at the average, line by line.
import type { Line } from './line.ts'
import { assumed, platform, prices } from './load.ts'
import { events, streaming, usesReported } from './rates.ts'
import type { Costs } from './read-costs.ts'
import type { Sizes } from './sizes.ts'
import { short } from './words.ts'

interface Money {
  readonly name: string
  readonly how: string
  readonly monthly: number
}

export interface Reckoned {
  readonly lines: readonly Line[]
  readonly costs: Costs
  readonly sizes: Sizes
}

const monthSeconds = 30 * 86_400
export const verifiedMillions = (platform.verifiedCalls.average * monthSeconds) / 1_000_000
const giB = 2 ** 30

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Instances that are at work all the time. */
const busyIn = (lines: readonly Line[]): number =>
  sum(lines.map(({ requests, cpuMilliseconds }) => (requests.average * cpuMilliseconds) / 1000))

const ofFirestore = ({ lines }: Reckoned): readonly Money[] => {
  const monthly = (each: (line: Line) => number): number =>
    sum(lines.map((line) => line.requests.average * each(line))) * monthSeconds
  const reads = monthly(({ cost }) => cost.reads)
  const writes = monthly(({ cost }) => cost.writes)
  const kept = events.average * monthSeconds * 12 * assumed.keptAuditYears
  const storedGiB = ((kept + platform.users + platform.accounts) * assumed.storedEventBytes) / giB
  return [
    { name: 'Firestore reads', how: `${short(reads)} documents`, monthly: reads * prices.read },
    { name: 'Firestore writes and removals', how: `${short(writes)} documents`, monthly: writes * prices.write },
    {
      name: 'Firestore storage',
      how: `${short(storedGiB)} GiB, with ${assumed.keptAuditYears} years of audit`,
      monthly: storedGiB * prices.storedGiBMonth,
    },
  ]
}

const ofInstances = ({ lines, sizes }: Reckoned): readonly Money[] => {
  const second = prices.cpuSecond + prices.memoryGiBSecond * sizes.memoryGiB
  const busy = busyIn(lines)
  const { average } = streaming(sizes)
  return [
    {
      name: 'Instances that answer',
      how: `${short(busy)} at work all the time`,
      monthly: busy * monthSeconds * second,
    },
    {
      name: 'Instances that hold streams',
      how: `${average} of ${sizes.concurrency}`,
      monthly: average * monthSeconds * second,
    },
  ]
}

const ofRequests = ({ lines }: Reckoned): readonly Money[] => {
  const count = (...via: readonly Line['via'][]): number =>
    sum(lines.filter((line) => via.includes(line.via)).map(({ requests }) => requests.average)) * monthSeconds
  const [outside, inside] = [count('authz', 'door'), count('inside')]
  const balanced = (outside * assumed.balancedBytesOfRequest) / giB
  const counted = usesReported.average * monthSeconds * assumed.loggedBytesOfUse
  const logged = ((outside + inside) * assumed.loggedBytesOfRequest + counted) / giB
  return [
    { name: 'Requests', how: short(outside + inside), monthly: (outside + inside) * prices.request },
    { name: 'Cloud Armor', how: short(outside), monthly: outside * prices.armorRequest },
    { name: 'Load balancer', how: `${short(balanced)} GiB`, monthly: balanced * prices.balancedGiB },
    { name: 'Logs', how: `${short(logged)} GiB`, monthly: logged * prices.loggedGiB },
  ]
}

const ofKeysAndTasks = ({ lines, costs }: Reckoned): readonly Money[] => {
  const starts = (busyIn(lines) * monthSeconds) / 3_600 / assumed.instanceLifeHours
  const unwrapped = starts * costs.background('credentials/exchange', 'the first token of an instance').kms
  const asked = sum(lines.map(({ requests, cost }) => requests.average * cost.kms)) * monthSeconds
  const tasks = assumed.changes.average * assumed.deliveriesPerChange * monthSeconds
  return [
    {
      name: 'KMS',
      how: `${short(asked + unwrapped)} operations: seals, secrets of webhooks, starts of instances`,
      monthly: (asked + unwrapped) * prices.kmsOperation,
    },
    { name: 'Cloud Tasks', how: 'webhook deliveries', monthly: tasks * prices.taskOperation },
  ]
}

export const moneyOf = (reckoned: Reckoned): readonly Money[] =>
  [ofFirestore, ofInstances, ofRequests, ofKeysAndTasks].flatMap((of) => of(reckoned))
