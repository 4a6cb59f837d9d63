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

/** `reads` of a request of which only a share finds nothing at hand. */
const mixed = (cold: Cost, warm: Cost, share: number): Cost => ({
  reads: cold.reads * share + warm.reads * (1 - share),
  writes: cold.writes * share + warm.writes * (1 - share),
})

const none: Cost = { reads: 0, writes: 0 }
const perChange = (factor: number): Pair => times(assumed.changes, factor)

export const linesOf = (costOf: CostOf): readonly Line[] => {
  const { cpuMilliseconds: cpu } = assumed
  const line = (name: string, what: string, requests: Pair, cost: Cost, cpuMilliseconds: number): Line => ({
    ...{ name, what, requests, cost, cpuMilliseconds },
  })
  return [
    line('verified calls', 'in the services’ own processes, warm', platform.verifiedCalls, none, 0),
    line(
      '`/v1/policy`',
      'once a cache life, process and account met',
      perProcess(assumed.accountsMet),
      costOf('facts/policy'),
      cpu.fact,
    ),
    line(
      '`/v1/grants`',
      'once a cache life, process and principal met',
      perProcess(assumed.pairsMet),
      costOf('facts/grants'),
      cpu.fact,
    ),
    line(
      '`credentials/describe`',
      'a key that a process has not seen',
      perProcess(assumed.credentialsMet),
      costOf('credentials/describe', 'a key'),
      cpu.fact,
    ),
    line(
      '`/v1/usage`',
      `every ${usageSeconds} s and process`,
      times(processes, 1 / usageSeconds),
      costOf('credentials/usage'),
      cpu.fact,
    ),
    line(
      '`/v1/changes`',
      'a stream of five minutes, then the next',
      times(processes, 1 / 300),
      costOf('events/changes'),
      cpu.stream,
    ),
    line(
      '`credentials/exchange`',
      'a key for a token of ten minutes',
      times(assumed.exchangingPrograms, 1 / cacheSeconds),
      costOf('credentials/exchange', 'a token'),
      cpu.token,
    ),
    line(
      '`credentials/verify`',
      `by programs without the SDK, ${assumed.coldShare * 100} % of them cold`,
      assumed.serverChecks,
      mixed(costOf('credentials/verify', 'cold'), costOf('credentials/verify', 'warm'), assumed.coldShare),
      cpu.check,
    ),
    line(
      '`tenants/enter`',
      'every ten minutes and open page',
      times(assumed.peopleOnline, 1 / cacheSeconds),
      costOf('tenants/enter'),
      cpu.page,
    ),
    line(
      'calls of pages',
      `every ${callSeconds} s and open page, as \`apiKeys/list\``,
      times(assumed.peopleOnline, 1 / callSeconds),
      costOf('apiKeys/list'),
      cpu.page,
    ),
    line('changes', 'as `roles/assign`, with audit and outbox', assumed.changes, costOf('roles/assign'), cpu.change),
    line(
      'relay and seal',
      'each event is read, handed on, sealed and swept',
      perChange(1),
      { reads: 4, writes: 4 },
      cpu.job,
    ),
    line(
      'notifications',
      'each event is looked at; some are told',
      perChange(1),
      { reads: 4, writes: assumed.mailsPerChange * 4 },
      cpu.job,
    ),
    line(
      'webhook deliveries',
      'queue, endpoint, result',
      perChange(assumed.deliveriesPerChange),
      { reads: 4, writes: 3 },
      cpu.job,
    ),
  ] // prettier-ignore
}
