// Every alarm leads somewhere and listens for something that is said, every error is heard, and silence is an alarm, too.
import { blockIn, blocksIn, type Judged, type LogLine, ofType, type Policy, textIn } from './plan.ts'

const runbookNamed = /docs\/runbooks\/([a-z-]+)\.md/

export const runbooks: Policy = (judged) =>
  ofType(judged, 'google_monitoring_alert_policy').flatMap((alarm) => {
    const name = runbookNamed.exec(String(blockIn(alarm, 'documentation')['content'] ?? ''))?.[1]
    if (name === undefined) return [`${alarm.address} names no runbook`]
    const text = judged.runbooks[name]
    if (text === undefined) return [`${alarm.address}: there is no runbook ${name}`]
    const title = textIn(alarm, 'display_name')
    return speaksOf(text, title) ? [] : [`${alarm.address}: the runbook ${name} says nothing of “${title}”`]
  })

const asPattern = (quoted: string): RegExp =>
  new RegExp(`^${quoted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')}$`)

/** Runbooks quote what wakes somebody by its title; of titles that are alike they say `…` where those differ. */
const speaksOf = (runbook: string, title: string): boolean =>
  [...runbook.matchAll(/“(…? ?[A-Za-z][^”]{8,})”/g)].some(([, quoted = '']) => asPattern(quoted).test(title))

const servicesNamed = /service_name=(?:"([^"]+)"|one_of\(([^)]*)\))/g

const filtersOf = (judged: Judged): readonly (readonly [address: string, filter: string])[] =>
  ofType(judged, 'google_monitoring_alert_policy', 'google_logging_metric').map(({ address, after }) => [
    address,
    textOf([after['conditions'], after['filter']]),
  ])

/** Cloud Run calls a function by its name in lower case: an alarm on another name is never heard. */
export const alarmsHeard: Policy = (judged) => {
  const services = Object.keys(judged.endpoints).map((name) => name.toLowerCase())
  const filters = filtersOf(judged)
  const named = filters.flatMap(([address, filter]) =>
    [...filter.matchAll(servicesNamed)].flatMap(([, one = '', many = '']) =>
      [one, ...[...many.matchAll(/[A-Za-z0-9-]+/g)].map(([name]) => name)]
        .filter((name) => name !== '' && !services.includes(name))
        .map((name) => `${address}: there is no service ${name}`),
    ),
  )
  const endless = filters
    .filter(([, filter]) => filter.includes('/request_latencies') && !filter.includes('one_of('))
    .map(([address]) => `${address} takes work that nobody waits for as slow`)
  return [...named, ...endless]
}

/** Errors of which no alarm is wanted, and why. */
const quiet: Readonly<Record<string, string>> = {
  'job failed': 'it is called again, and `job-late` and `message-parked` tell when that does not help',
  'turn failed': 'it is taken again after half a minute',
  'an export broke off': 'who reads it sees that it has no end',
}

interface Listening {
  readonly word: string
  /** Listens for whatever begins with the word. */
  readonly isStart: boolean
}

const wordsIn = (filter: string): readonly Listening[] => [
  ...[...filter.matchAll(/jsonPayload\.message=~"\^([^"]+)"/g)].map(([, word = '']) => ({ word, isStart: true })),
  ...[...filter.matchAll(/jsonPayload\.message=("[^"]+"|\([^)]*\))/g)].flatMap(([, words = '']) =>
    [...words.matchAll(/"([^"]+)"/g)].map(([, word = '']) => ({ word, isStart: false })),
  ),
]

const isSaid = ({ word, isStart }: Listening, { words, isWhole }: LogLine): boolean =>
  isStart ? words.startsWith(word) : isWhole && words === word

export const errorsHeard: Policy = (judged) => {
  const heard = ofType(judged, 'google_logging_metric').flatMap((metric) =>
    wordsIn(textIn(metric, 'filter')).map((listening) => ({ ...listening, address: metric.address })),
  )
  return [
    ...heard
      .filter((one) => !judged.said.some((line) => isSaid(one, line)))
      .map(({ address, word }) => `${address} listens for “${word}”, which nobody says`),
    ...judged.said
      .filter((line) => line.isError && !(line.words in quiet) && !heard.some((one) => isSaid(one, line)))
      .map(({ words }) => `nobody hears the error “${words}”`),
  ]
}

const unitSeconds: Readonly<Record<string, number>> = { minutes: 60, hours: 3600 }

/** Late jobs are reported by a job: of dead schedules only silence tells, at the second turn that is missed and not much later. */
export const schedulesMissed: Policy = (judged) =>
  Object.entries(judged.endpoints).flatMap(([name, { scheduleTrigger }]) => {
    if (scheduleTrigger === undefined) return []
    const [, count, unit = ''] = /^every (\d+) (minutes|hours)$/.exec(scheduleTrigger.schedule) ?? []
    const period = Number(count) * (unitSeconds[unit] ?? Number.NaN)
    const silence = silenceOf(judged, name.toLowerCase())
    if (silence === undefined) return [`nobody misses ${name}`]
    return silence >= 2 * period && silence <= 16 * period ? [] : [`${name} is missed after ${silence} seconds`]
  })

const silenceOf = (judged: Judged, service: string): number | undefined =>
  ofType(judged, 'google_monitoring_alert_policy')
    .flatMap((alarm) => blocksIn(alarm, 'conditions'))
    .map(({ condition_absent: absent }) => textOf(absent))
    .filter((text) => text.includes(`service_name="${service}"`) && text.includes('response_code_class="2xx"'))
    .map((text) => Number(/"duration":"(\d+)s"/.exec(text)?.[1]))
    .at(0)

const textOf = (blocks: unknown): string => JSON.stringify(blocks ?? []).replaceAll('\\"', '"')
