// Every alarm leads somewhere and looks at something that is there, and silence is an alarm, too.
import { blockIn, blocksIn, ofType, type PlannedResource, type Policy } from './plan.ts'

const runbookNamed = /docs\/runbooks\/([a-z-]+)\.md/

export const runbooks: Policy = (judged) =>
  ofType(judged, 'google_monitoring_alert_policy').flatMap((alarm) => {
    const name = runbookNamed.exec(String(blockIn(alarm, 'documentation')['content'] ?? ''))?.[1]
    if (name === undefined) return [`${alarm.address} names no runbook`]
    return judged.runbooks.includes(name) ? [] : [`${alarm.address}: there is no runbook ${name}`]
  })

const servicesNamed = /service_name=(?:"([^"]+)"|one_of\(([^)]*)\))/g

/** Cloud Run calls a function by its name in lower case: an alarm on another name is never heard. */
export const alarmsHeard: Policy = (judged) => {
  const services = Object.keys(judged.endpoints).map((name) => name.toLowerCase())
  const alarms = ofType(judged, 'google_monitoring_alert_policy')
  const isAbsence = (one: PlannedResource): boolean =>
    blocksIn(one, 'conditions').some(({ condition_absent: absent }) => textOf(absent).includes('"sealaudit"'))
  const named = alarms.flatMap(({ address, after }) =>
    [...filtersIn(after).matchAll(servicesNamed)].flatMap(([, one = '', many = '']) =>
      [one, ...[...many.matchAll(/[A-Za-z0-9-]+/g)].map(([name]) => name)]
        .filter((name) => name !== '' && !services.includes(name))
        .map((name) => `${address}: there is no service ${name}`),
    ),
  )
  const endless = alarms
    .filter(({ after }) => filtersIn(after).includes('/request_latencies') && !filtersIn(after).includes('one_of('))
    .map(({ address }) => `${address} takes work that nobody waits for as slow`)
  return [...named, ...endless, ...(alarms.some(isAbsence) ? [] : ['nobody hears that the schedules are dead'])]
}

const filtersIn = (after: PlannedResource['after']): string => textOf(after['conditions'])

const textOf = (blocks: unknown): string => JSON.stringify(blocks ?? []).replaceAll('\\"', '"')
