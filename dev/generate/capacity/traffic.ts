// What reaches Latchkey itself when so many calls are verified: one line for each kind of request, on average and at the peak.
import { assumed, platform } from './load.ts'
import type { Cost, CostOf } from './read-costs.ts'

export interface Pair {
  readonly average: number
  readonly peak: number
}

export interface Line {
  readonly name: string
  readonly what: string
  /** A second. */
  readonly requests: Pair
  readonly cost: Cost
  readonly cpuMilliseconds: number
}

const cacheSeconds = 600
const usageSeconds = 10
const callSeconds = 120

export const times = (pair: Pair, factor: number): Pair => ({
  average: pair.average * factor,
  peak: pair.peak * factor,
})

export const processes: Pair = times(assumed.processes, platform.services)

const product = (one: Pair, other: Pair): Pair => ({
  average: one.average * other.average,
  peak: one.peak * other.peak,
})

const perProcess = (met: Pair): Pair => times(product(processes, met), 1 / cacheSeconds)

/** Of a request of which only a share finds nothing at hand. */
const mixed = (cold: Cost, warm: Cost, share: number): Cost => ({
  reads: cold.reads * share + warm.reads * (1 - share),
  writes: cold.writes * share + warm.writes * (1 - share),
})

const none: Cost = { reads: 0, writes: 0 }
const { cpuMilliseconds: cpu, changes } = assumed

/** Counted by a test under this name, or, where it is a cost, by reading the code. */
type Counted = readonly [operation: string, what?: string] | Cost

interface Row extends Omit<Line, 'cost'> {
  readonly cost: Counted | ((costOf: CostOf) => Cost)
}

const rows: readonly Row[] = [
  {
    name: 'verified calls',
    what: 'in the services’ own processes, warm',
    requests: platform.verifiedCalls,
    cost: none,
    cpuMilliseconds: 0,
  },
  {
    name: '`/v1/policy`',
    what: 'once a cache life, process and account met',
    requests: perProcess(assumed.accountsMet),
    cost: ['facts/policy'],
    cpuMilliseconds: cpu.fact,
  },
  {
    name: '`/v1/grants`',
    what: 'once a cache life, process and principal met',
    requests: perProcess(assumed.pairsMet),
    cost: ['facts/grants'],
    cpuMilliseconds: cpu.fact,
  },
  {
    name: '`credentials/describe`',
    what: 'a key that a process has not seen',
    requests: perProcess(assumed.credentialsMet),
    cost: ['credentials/describe', 'a key'],
    cpuMilliseconds: cpu.fact,
  },
  {
    name: '`/v1/usage`',
    what: `every ${usageSeconds} s and process`,
    requests: times(processes, 1 / usageSeconds),
    cost: ['credentials/usage'],
    cpuMilliseconds: cpu.fact,
  },
  {
    name: '`/v1/changes`',
    what: 'a stream of five minutes, then the next',
    requests: times(processes, 1 / 300),
    cost: ['events/changes'],
    cpuMilliseconds: cpu.stream,
  },
  {
    name: '`credentials/exchange`',
    what: 'a key for a token of ten minutes',
    requests: times(assumed.exchangingPrograms, 1 / cacheSeconds),
    cost: ['credentials/exchange', 'a token'],
    cpuMilliseconds: cpu.token,
  },
  {
    name: '`credentials/verify`',
    what: `by programs without the SDK, ${assumed.coldShare * 100} % of them cold`,
    requests: assumed.serverChecks,
    cost: (costOf) =>
      mixed(costOf('credentials/verify', 'cold'), costOf('credentials/verify', 'warm'), assumed.coldShare),
    cpuMilliseconds: cpu.check,
  },
  {
    name: '`tenants/enter`',
    what: 'every ten minutes and open page',
    requests: times(assumed.peopleOnline, 1 / cacheSeconds),
    cost: ['tenants/enter'],
    cpuMilliseconds: cpu.page,
  },
  {
    name: 'calls of pages',
    what: `every ${callSeconds} s and open page, as \`apiKeys/list\``,
    requests: times(assumed.peopleOnline, 1 / callSeconds),
    cost: ['apiKeys/list'],
    cpuMilliseconds: cpu.page,
  },
  {
    name: 'changes',
    what: 'as `roles/assign`, with audit and outbox',
    requests: changes,
    cost: ['roles/assign'],
    cpuMilliseconds: cpu.change,
  },
  {
    name: 'relay and seal',
    what: 'each event is read, handed on, sealed and swept (by reading the code)',
    requests: changes,
    cost: { reads: 4, writes: 4 },
    cpuMilliseconds: cpu.job,
  },
  {
    name: 'notifications',
    what: 'each event is looked at; some are told (by reading the code)',
    requests: changes,
    cost: { reads: 4, writes: assumed.mailsPerChange * 4 },
    cpuMilliseconds: cpu.job,
  },
  {
    name: 'webhook deliveries',
    what: 'queue, endpoint, result (by reading the code)',
    requests: times(changes, assumed.deliveriesPerChange),
    cost: { reads: 4, writes: 3 },
    cpuMilliseconds: cpu.job,
  },
]

const isCost = (cost: Counted): cost is Cost => 'reads' in cost

const counted = (cost: Row['cost'], costOf: CostOf): Cost => {
  if (typeof cost === 'function') return cost(costOf)
  return isCost(cost) ? cost : costOf(...cost)
}

export const linesOf = (costOf: CostOf): readonly Line[] =>
  rows.map((row) => ({ ...row, cost: counted(row.cost, costOf) }))
