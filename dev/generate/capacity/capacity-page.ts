// `docs/capacity.md`: requests, reads, writes, instances and money at the size that Latchkey is built for, and what breaks first.
import { backgroundLines, walkSeconds } from './background.ts'
import { type Limit, limitsOf } from './limits.ts'
import type { Line } from './line.ts'
import { assumed, platform, prices, quotas, settings } from './load.ts'
import { moneyOf, sum, verifiedMillions } from './money.ts'
import { events, processes, streaming, times } from './rates.ts'
import { type Costs, costsIn, type Pages, readPages } from './read-costs.ts'
import { reasons } from './reasons.ts'
import { readSizes, type Sizes } from './sizes.ts'
import { trafficLines } from './traffic.ts'
import { dollars, duration, pair, short, table, trimmed } from './words.ts'

const cellsOf = ({ name, what, requests, cost }: Line): readonly string[] => [
  `${name}: ${what}`,
  pair(requests),
  short(cost.reads),
  short(cost.writes),
  cost.reads === 0 ? '0' : pair(times(requests, cost.reads)),
  cost.writes === 0 ? '0' : pair(times(requests, cost.writes)),
  cost.kms === 0 ? '' : pair(times(requests, cost.kms)),
]

const trafficTable = (lines: readonly Line[]): string =>
  table(['what', 'times/s', 'reads each', 'writes each', 'reads/s', 'writes/s', 'KMS/s'], lines.map(cellsOf))

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

const shown = (value: (typeof assumed)[keyof typeof assumed]): string => {
  if (typeof value === 'number') return short(value)
  return 'average' in value ? pair(value) : Object.values(value).join(', ')
}

const assumptionTable = (): string =>
  table(
    ['assumed', 'how much', 'why'],
    // Cast: the keys of the table itself.
    (Object.keys(assumed) as (keyof typeof assumed)[]).map((name) => [
      reasons[name].what,
      shown(assumed[name]),
      reasons[name].why,
    ]),
  )

const introduction = `# Capacity, on paper

Written by \`npm run generate\` from the reads, writes and operations of KMS that tests count ([operations](reference/costs.md), [background work](reference/background-costs.md)), the deployed
sizes of the functions, and the [assumptions](#assumptions) and list prices in [\`load.ts\`](../dev/generate/capacity/load.ts). Nobody has run it at this size. Two figures stand for the average and · the peak.

The platform: ${short(platform.agencies)} agencies, ${short(platform.accounts)} accounts, ${short(platform.users)} users, ${platform.services} services with ${pair(processes)} processes,
${pair(platform.verifiedCalls)} verified calls a second. A warm process decides by itself, so calls cost us nothing; what reaches us grows with processes, with what each of them
meets for the first time, with the keys that it reports as used, and with changes.
`

const hotSpots = (costs: Costs, sizes: Sizes): string => {
  const { background } = costs
  const heard = background('events/changes', 'each event, at each instance that listens').reads
  return `## Hot spots

- A document takes about ${quotas.documentWritesPerSecond} sustained write a second. Written by everybody: the day’s counter of mails, in parts of a thousand. Written by one job at a time: \`jobs/*\`, the head of the seals. By one tenant: its policy, its node, the head of its chain. By many instances: when a key was last used, once an hour; once a minute while it is rotated away. Two that write at once write the same.
- \`jobs/reconcile\` keeps the place of the walk every ${settings.keepPlace} seconds and at the end of a run. A run that dies repeats no more than that, and what was right or repaired is left alone. Once through everything takes ${duration(walkSeconds(costs))} where a call takes ${assumed.waitingMilliseconds} ms.
- An index over a field that only grows takes ${quotas.sequentialWritesPerSecond} writes a second in a collection: what ends is found by shard and hour, the outbox by shard.
- One tenant’s storm is held up by its own limits first: rate plans, a share of mails, a stretch of each sweep, one task for each endpoint.
- An event costs each instance that holds streams ${heard} reads, because it is written again when it is relayed and when it is sealed: ${short(events.peak)} events a second at the peak are ${short(events.peak * streaming(sizes).peak * heard)} reads a second.
`
}

const moneySection = (monthly: ReturnType<typeof moneyOf>): string => {
  const total = sum(monthly.map((one) => one.monthly))
  return `## Money

US dollars a month at the average, list prices of ${prices.asOf}, one region, without discounts and free tiers.

${table(
  ['for', 'how much', 'a month'],
  monthly.map((one) => [one.name, one.how, dollars(one.monthly)]),
)}

Together ${dollars(total)} dollars a month: ${(total / verifiedMillions).toFixed(3)} dollars a million verified calls. Sign-ins of people by Identity Platform come on top.
`
}

const limitSection = (limits: readonly Limit[]): string => {
  const [first] = limits
  return `## What breaks first

${first?.name ?? 'Nothing'}: ${trimmed(((first?.used ?? 0) / (first?.limit ?? 1)) * 100)} % at the peak. All limits, the fullest first; quotas are defaults, to be confirmed for the project.

${limitTable(limits)}
`
}

const page = (costs: Costs, sizes: Sizes): string => {
  const [traffic, background] = [trafficLines(costs, sizes), backgroundLines(costs, sizes)]
  const reckoned = { lines: [...traffic, ...background], costs, sizes }
  return `${introduction}
## Traffic

${trafficTable(traffic)}

## What follows from it

${trafficTable(background)}

${moneySection(moneyOf(reckoned))}
${limitSection(limitsOf(reckoned))}
${hotSpots(costs, sizes)}
## Assumptions

${assumptionTable()}
`
}

export const capacityPageOf = (pages: Pages, sizes = readSizes()): string => page(costsIn(pages), sizes)

export const capacityPage = async (): Promise<string> => capacityPageOf(readPages())
