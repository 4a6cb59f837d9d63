// What reaches Latchkey itself when so many calls are verified: one line for each kind of request, on average and at the peak.
import { type Line, nothing, together } from './line.ts'
import { assumed, platform, settings } from './load.ts'
import {
  type Pair,
  perProcess,
  plus,
  processes,
  reports,
  times,
  usesAtOnce,
  usesLookedAt,
  usesNoted,
  usesReported,
  usesTold,
} from './rates.ts'
import type { Costs } from './read-costs.ts'
import type { Sizes } from './sizes.ts'

const { cpuMilliseconds: cpu, coldShare } = assumed

const minutesOf = (seconds: number): string => `${seconds / 60} minutes`

const fromServices = ({ operation }: Costs): readonly Line[] => [
  {
    name: 'verified calls',
    what: 'in the services’ own processes, warm',
    requests: platform.verifiedCalls,
    cost: nothing,
    cpuMilliseconds: 0,
    via: 'part',
  },
  {
    name: '`/v1/policy`',
    what: 'once a cache life, process and account met',
    requests: perProcess(assumed.accountsMet),
    cost: operation('facts/policy', 'an account'),
    cpuMilliseconds: cpu.fact,
    via: 'authz',
  },
  {
    name: '`/v1/grants`',
    what: 'once a cache life, process and principal met',
    requests: perProcess(assumed.pairsMet),
    cost: operation('facts/grants', 'at an account'),
    cpuMilliseconds: cpu.fact,
    via: 'authz',
  },
  {
    name: '`credentials/describe`',
    what: 'a key that a process has not seen',
    requests: perProcess(assumed.credentialsMet),
    cost: operation('credentials/describe', 'a key'),
    cpuMilliseconds: cpu.fact,
    via: 'authz',
  },
]

type UseOfKey = Pick<Line, 'what' | 'requests' | 'cost'>

const inReports = (use: UseOfKey): Line => ({
  ...use,
  name: 'keys in those reports',
  cpuMilliseconds: cpu.storeCall * use.cost.calls,
  atOnce: usesAtOnce,
  via: 'authz part',
})

/** Uses of keys come in reports, and each costs something of its own. */
const ofUses = ({ background }: Costs, sizes: Sizes): readonly Line[] => {
  const [looked, less] = [usesLookedAt(sizes), (one: Pair, other: Pair) => plus(one, times(other, -1))]
  const costOf = (what: string) => background('credentials/usage', what)
  return [
    {
      name: '`/v1/usage`',
      what: `every ${settings.usage} s and process, without its keys`,
      requests: reports,
      cost: costOf('a report, before its keys'),
      cpuMilliseconds: cpu.fact,
      via: 'authz',
    },
    inReports({
      what: 'last use written down: once an hour',
      requests: usesNoted,
      cost: costOf('each key whose last use is written down, of an account of its own'),
    }),
    inReports({
      what: 'last use that another instance wrote down',
      requests: less(looked, usesNoted),
      cost: costOf('each key whose last use another instance wrote down'),
    }),
    inReports({
      what: 'last use that the instance remembers',
      requests: less(usesTold, looked),
      cost: costOf('each key whose last use this instance noted'),
    }),
    inReports({
      what: 'counted, and no more',
      requests: less(usesReported, usesTold),
      cost: costOf('each key that is only counted'),
    }),
  ]
}

const fromPrograms = ({ operation, background }: Costs): readonly Line[] => [
  {
    name: '`/v1/changes`',
    what: `a stream of ${minutesOf(settings.stream)}, then the next`,
    requests: times(processes, 1 / settings.stream),
    cost: operation('events/changes', 'admission; then the listener'),
    cpuMilliseconds: 0,
    via: 'authz',
  },
  {
    name: '`credentials/exchange`',
    what: `a key for a token of ${minutesOf(settings.cacheLife)}`,
    requests: times(assumed.exchangingPrograms, 1 / settings.cacheLife),
    cost: {
      ...operation('credentials/exchange', 'a token'),
      kms: background('credentials/exchange', 'each token more, with all else at hand').kms,
    },
    cpuMilliseconds: cpu.token,
    via: 'door',
  },
  {
    name: '`credentials/verify`',
    what: `by programs without the SDK, ${coldShare * 100} % of them cold`,
    requests: assumed.serverChecks,
    cost: together(
      [coldShare, operation('credentials/verify', 'cold')],
      [1 - coldShare, operation('credentials/verify', 'warm')],
    ),
    cpuMilliseconds: cpu.check,
    via: 'authz',
  },
]

const fromPeople = ({ operation }: Costs): readonly Line[] => [
  {
    name: '`tenants/enter`',
    what: `every ${minutesOf(settings.view)} and open page`,
    requests: times(assumed.peopleOnline, 1 / settings.view),
    cost: operation('tenants/enter', 'an account'),
    cpuMilliseconds: cpu.page,
    via: 'door',
  },
  {
    name: 'calls of pages',
    what: `every ${minutesOf(assumed.pageCallSeconds)} and open page, as \`apiKeys/list\``,
    requests: times(assumed.peopleOnline, 1 / assumed.pageCallSeconds),
    cost: operation('apiKeys/list', 'one key'),
    cpuMilliseconds: cpu.page,
    via: 'door',
  },
  {
    name: 'changes',
    what: 'as `roles/assign`, with audit and outbox',
    requests: assumed.changes,
    cost: operation('roles/assign', ''),
    cpuMilliseconds: cpu.change,
    via: 'door',
  },
]

export const trafficLines = (costs: Costs, sizes: Sizes): readonly Line[] => [
  ...fromServices(costs),
  ...ofUses(costs, sizes),
  ...fromPrograms(costs),
  ...fromPeople(costs),
]
