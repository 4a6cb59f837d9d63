// `docs/capacity.md`: requests, reads, writes, instances and money at the size that Latchkey is built for, and what breaks first.
import { type Limit, limitsOf, readSizes, type Sizes } from './limits.ts'
import { assumed, platform, prices, quotas } from './load.ts'
import { readCosts } from './read-costs.ts'
import { type Line, linesOf, type Pair, processes } from './traffic.ts'

const monthSeconds = 30 * 86_400
const giB = 2 ** 30

const short = (value: number): string => {
  if (value >= 1_000_000_000) return `${trimmed(value / 1_000_000_000)}B`
  if (value >= 1_000_000) return `${trimmed(value / 1_000_000)}M`
  if (value >= 10_000) return `${trimmed(value / 1_000)}k`
  return value >= 100 ? Math.round(value).toLocaleString('en') : trimmed(value)
}
const trimmed = (value: number): string => String(Number(value.toPrecision(value >= 100 ? 3 : 2)))
const dollars = (value: number): string => (value < 0.5 ? '< 1' : Math.round(value).toLocaleString('en'))
const both = ({ average, peak }: Pair): string => `${short(average)} · ${short(peak)}`

interface Money {
  readonly name: string
  readonly how: string
  readonly monthly: number
}

const instancesBusy = (line: Line): number => (line.requests.average * line.cpuMilliseconds) / 1000

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** What the month is made of. */
interface Month {
  readonly requests: number
  readonly reads: number
  readonly writes: number
  /** Instances that only hold streams. */
  readonly streaming: number
  readonly listened: number
  readonly busy: number
  readonly storedGiB: number
  readonly instanceSecond: number
}

const monthOf = (lines: readonly Line[], sizes: Sizes): Month => {
  const own = lines.filter(({ name }) => name !== 'verified calls')
  const perMonth = (each: (line: Line) => number): number => sum(own.map(each)) * monthSeconds
  const streaming = Math.ceil(processes.average / sizes.concurrency)
  const events = assumed.changes.average * monthSeconds * 12 * assumed.keptAuditYears
  const documents = events + platform.users * 4 + platform.accounts * 6
  return {
    requests: perMonth(({ requests }) => requests.average),
    reads: perMonth(({ requests, cost }) => requests.average * cost.reads),
    writes: perMonth(({ requests, cost }) => requests.average * cost.writes),
    streaming,
    listened: assumed.changes.average * streaming * monthSeconds,
    busy: sum(own.map(instancesBusy)),
    storedGiB: (documents * assumed.storedDocumentBytes) / giB,
    instanceSecond: prices.cpuSecond + prices.memoryGiBSecond * sizes.memoryGiB,
  }
}

const tasksMonthly = assumed.changes.average * assumed.deliveriesPerChange * monthSeconds

const moneyOf = (month: Month, { concurrency }: Sizes): readonly Money[] => {
  const { requests, reads, writes, streaming, listened, busy, storedGiB, instanceSecond } = month
  const line = (name: string, how: string, monthly: number): Money => ({ name, how, monthly })
  return [
    line('Firestore reads', `${short(reads)} documents`, reads * prices.read),
    line('Firestore reads of the feed', `each change by ${streaming} instances`, listened * prices.read),
    line('Firestore writes', `${short(writes)} documents`, writes * prices.write),
    line(
      'Firestore storage',
      `${short(storedGiB)} GiB, with ${assumed.keptAuditYears} years of audit`,
      storedGiB * prices.storedGiBMonth,
    ),
    line('Instances that answer', `${short(busy)} at work all the time`, busy * monthSeconds * instanceSecond),
    line('Instances that hold streams', `${streaming} of ${concurrency}`, streaming * monthSeconds * instanceSecond),
    line('Requests', short(requests), requests * (prices.request + prices.armorRequest)),
    line('Load balancer', '2 KiB a request', ((requests * 2_048) / giB) * prices.balancedGiB),
    line(
      'KMS',
      'a seal a minute, and each instance’s start',
      (monthSeconds / 60 + streaming * 24 * 30) * prices.kmsOperation,
    ),
    line('Cloud Tasks', 'webhook deliveries', tasksMonthly * prices.taskOperation),
    line('Logs', '500 bytes a request', ((requests * 500) / giB) * prices.loggedGiB),
  ]
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_cell, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n')
}

const trafficTable = (lines: readonly Line[]): string =>
  table(
    ['what', 'requests/s', 'reads each', 'writes each', 'reads/s', 'writes/s'],
    lines.map(({ name, what, requests, cost }) => [
      `${name}: ${what}`,
      both(requests),
      trimmed(cost.reads),
      trimmed(cost.writes),
      both({ average: requests.average * cost.reads, peak: requests.peak * cost.reads }),
      both({ average: requests.average * cost.writes, peak: requests.peak * cost.writes }),
    ]),
  )

const limitTable = (limits: readonly Limit[]): string =>
  table(
    ['limit', 'used at the peak', 'limit is', 'share', 'then'],
    limits.map(({ name, used, limit, unit, outcome }) => [
      name,
      `${short(used)} ${unit}`,
      short(limit),
      `${trimmed((used / limit) * 100)} %`,
      outcome,
    ]),
  )

const introduction = `# Capacity, on paper

Written by \`npm run generate\` from the reads and writes that tests count ([costs](reference/costs.md)), the deployed sizes of the functions, and the assumptions
and list prices in [\`load.ts\`](../dev/generate/capacity/load.ts). Nobody has run it at this size. Two figures stand for the average and · the peak.

The platform: ${short(platform.agencies)} agencies, ${short(platform.accounts)} accounts, ${short(platform.users)} users, ${platform.services} services with ${both(processes)} processes,
${both(platform.verifiedCalls)} verified calls a second. A warm process decides by itself, so calls cost us nothing; what reaches us grows with processes, with what each of them
meets for the first time, and with changes.
`

export const capacityPage = async (): Promise<string> => {
  const lines = linesOf(readCosts())
  const sizes = readSizes()
  const money = moneyOf(monthOf(lines, sizes), sizes)
  const total = sum(money.map(({ monthly }) => monthly))
  const limits = limitsOf(lines, sizes)
  const [first] = limits
  return `${introduction}
## Traffic

${trafficTable(lines)}

## Money

US dollars a month at the average, list prices of ${prices.asOf}, one region, without discounts and free tiers.

${table(
  ['for', 'how much', 'a month'],
  money.map(({ name, how, monthly }) => [name, how, dollars(monthly)]),
)}

Together ${dollars(total)} dollars a month: ${(total / ((platform.verifiedCalls.average * monthSeconds) / 1_000_000)).toFixed(3)} dollars a million verified calls. Sign-ins of people by Identity Platform come on top.

## What breaks first

${first?.name ?? 'Nothing'}: ${trimmed(((first?.used ?? 0) / (first?.limit ?? 1)) * 100)} % at the peak. All limits, the fullest first; quotas are defaults, to be confirmed for the project.

${limitTable(limits)}

## Hot spots

- A document takes about ${quotas.documentWritesPerSecond} sustained write a second. Written by everybody: the day’s counter of mails, in parts of a thousand. Written by one job at a time: \`jobs/*\`, the head of the seals. By one tenant: its policy, its node, the head of its chain.
- An index over a field that only grows takes ${quotas.sequentialWritesPerSecond} writes a second in a collection: what ends is found by shard and hour, the outbox by shard.
- One tenant’s storm is held up by its own limits first: rate plans, a share of mails, a stretch of each sweep, one task for each endpoint.
- The feed costs changes × instances that hold streams: ${short(assumed.changes.peak)} changes a second at the peak are ${short((assumed.changes.peak * processes.peak) / sizes.concurrency)} reads a second.
`
}
