// What follows from all that without anybody waiting for it: events handed on, sealed and told of, and the runs of schedules.
import { type JobName, jobs } from '@latchkey/core/lifecycle/jobs'
import { type Line, together } from './line.ts'
import { assumed, platform, settings } from './load.ts'
import { both, events, plus, product, recordsOver, removed, spokenOf, streaming, times } from './rates.ts'
import type { Cost, Costs } from './read-costs.ts'
import type { Sizes } from './sizes.ts'

const { changes, cpuMilliseconds: cpu } = assumed

type Told = Pick<Line, 'name' | 'what' | 'requests' | 'cost'>

/** A run or a message of its own. */
const inside = (line: Told): Line => ({ ...line, cpuMilliseconds: cpu.job, via: 'inside' })
/** In the runs of another line. */
const part = (line: Told): Line => ({ ...line, cpuMilliseconds: cpu.storeCall * line.cost.calls, via: 'part' })

/** What is spoken of before it ends comes in digests, too. */
const digestItems = plus(times(changes, assumed.digestItemsPerChange), spokenOf)

const everyRun = (name: JobName) => both(1 / jobs[name])

const ofEvents = ({ background }: Costs, sizes: Sizes): readonly Line[] => [
  inside({
    name: '`onOutboxCreated`',
    what: 'each event is handed on',
    requests: events,
    cost: background('onOutboxCreated', 'each event'),
  }),
  part({
    name: 'the change feed',
    what: 'each event, at each instance that listens',
    requests: product(events, streaming(sizes)),
    cost: background('events/changes', 'each event, at each instance that listens'),
  }),
  part({
    name: 'the change feed',
    what: 'a pulse a second, at each instance that listens',
    requests: streaming(sizes),
    cost: background('events/changes', 'a pulse, at each instance that listens'),
  }),
  part({
    name: 'the change feed',
    what: 'the pulse itself',
    requests: both(1),
    cost: background('events/changes', 'a pulse, for whoever writes it'),
  }),
  inside({
    name: '`sealAudit`',
    what: 'a run, before its events',
    requests: everyRun('sealAudit'),
    cost: background('sealAudit', 'a run that seals, before its events'),
  }),
  part({
    name: '`sealAudit`',
    what: 'each event, as if all were of different tenants',
    requests: events,
    cost: background('sealAudit', 'each event more, of a tenant of its own'),
  }),
]

const ofTelling = ({ background }: Costs): readonly Line[] => [
  inside({
    name: '`onAssignmentWritten`',
    what: 'each change of a role that somebody holds',
    requests: times(changes, assumed.assignmentsPerChange),
    cost: background('onAssignmentWritten', 'of somebody who holds two roles there'),
  }),
  inside({
    name: '`deliverNotifications`',
    what: 'each event is looked at',
    requests: events,
    cost: background('deliverNotifications', 'an event of no kind'),
  }),
  part({
    name: '`deliverNotifications`',
    what: 'one person is told by list and mail',
    requests: times(changes, assumed.mailsPerChange),
    cost: background('deliverNotifications', 'one person, by list and mail'),
  }),
  part({
    name: '`deliverNotifications`',
    what: 'one person is told by list and digest; reminders, too',
    requests: digestItems,
    cost: background('deliverNotifications', 'one person, by list and digest'),
  }),
  part({
    name: '`sendDigests`',
    what: 'each item as a digest of its own',
    requests: digestItems,
    cost: background('sendDigests', 'each digest'),
  }),
]

const ofWebhooks = ({ background }: Costs): readonly Line[] => {
  const deliveries = times(changes, assumed.deliveriesPerChange)
  return [
    inside({
      name: '`deliverWebhooks`',
      what: 'each event: who asked for it?',
      requests: events,
      cost: background('deliverWebhooks', 'an event of an account that no endpoint asked for'),
    }),
    part({
      name: '`deliverWebhooks`',
      what: 'each endpoint that did',
      requests: deliveries,
      cost: background('deliverWebhooks', 'each endpoint that is told'),
    }),
    inside({
      name: '`attemptWebhooks`',
      what: 'each delivery as a turn of its own, its secret not at hand',
      requests: deliveries,
      cost: background('attemptWebhooks', 'a turn of one delivery, its secret not at hand'),
    }),
  ]
}

const ofEnds = ({ background }: Costs): readonly Line[] => [
  part({
    name: '`sweepExpired`',
    what: 'each record that is over',
    requests: recordsOver,
    cost: background('sweepExpired', 'each record more'),
  }),
  part({
    name: '`sweepExpired`',
    what: 'each key, role or invitation, as if all were of different tenants',
    requests: removed,
    cost: together(
      [1, background('sweepExpired', 'each key, role or invitation more')],
      [1, background('sweepExpired', 'each tenant with some of those')],
    ),
  }),
  part({
    name: '`remindExpiring`',
    what: 'each key or role that is spoken of',
    requests: spokenOf,
    cost: background('remindExpiring', 'each key that is spoken of'),
  }),
]

/** Of everything that the reconciler compares. */
const walk = ({ background }: Costs): Cost =>
  together(
    [platform.agencies + platform.accounts, background('reconcile', 'each account more')],
    [platform.users, background('reconcile', 'each person more, with one role')],
    [platform.accounts * assumed.keysPerAccount, background('reconcile', 'each account’s first API key')],
  )

/** How long it goes through everything once, so many calls side by side, for a part of the time. */
export const walkSeconds = (costs: Costs): number => {
  const waited = (walk(costs).calls * assumed.waitingMilliseconds) / 1_000 / settings.comparedAtOnce
  return waited * (jobs.reconcile / settings.walking)
}

const ofRuns = (costs: Costs): readonly Line[] => [
  ...(['sweepExpired', 'remindExpiring', 'rotateSigningKeys', 'rotateSecrets', 'sendDigests'] as const).map((name) =>
    inside({
      name: `\`${name}\``,
      what: 'a run that finds nothing',
      requests: everyRun(name),
      cost: costs.background(name, 'a run that finds nothing'),
    }),
  ),
  part({
    name: '`reconcile`',
    what: 'a walk over everything',
    requests: both(1 / walkSeconds(costs)),
    cost: walk(costs),
  }),
]

export const backgroundLines = (costs: Costs, sizes: Sizes): readonly Line[] => [
  ...ofEvents(costs, sizes),
  ...ofTelling(costs),
  ...ofWebhooks(costs),
  ...ofEnds(costs),
  ...ofRuns(costs),
]
