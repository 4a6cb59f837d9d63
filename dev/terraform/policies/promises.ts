// The table of promises in the README of the module `monitoring`: each has an alarm with a runbook, or says why nothing can be seen and which test holds it.
import { ofType, type Policy, type PromiseRow } from './plan.ts'

/** DESIGN.md §10, by the words that its rows begin with. */
const promised = [
  'No tenant reads, writes or learns of',
  'All doors give one answer',
  'What is revoked is denied',
  'Keys rotate',
  'Processes that die',
  'A warm service',
  'A warm check on the server',
  'Assigning, editing a role',
]

export const promisesWatched: Policy = (judged) => {
  const alarms = new Map(
    ofType(judged, 'google_monitoring_alert_policy').map(({ address, after }) => [
      /\["([a-z-]+)"\]$/.exec(address)?.[1] ?? address,
      JSON.stringify(after['documentation'] ?? ''),
    ]),
  )
  return [
    ...promised.flatMap((begin) =>
      judged.promises.some(({ promise }) => promise.startsWith(begin)) ? [] : [`nobody watches over: ${begin}`],
    ),
    ...judged.promises.flatMap((row) => rowFaults(row, alarms).map((fault) => `${row.promise}: ${fault}`)),
  ]
}

const rowFaults = (row: PromiseRow, alarms: ReadonlyMap<string, string>): readonly string[] => [
  ...(row.alarms.length > 0 || (row.why !== '' && row.tests.length > 0) ? [] : ['neither an alarm nor a reason']),
  ...row.alarms.flatMap((name) => {
    const says = alarms.get(name)
    if (says === undefined) return [`there is no alarm ${name}`]
    return row.runbooks.some((runbook) => says.includes(`/${runbook}.md`)) ? [] : [`${name} has another runbook`]
  }),
  ...row.tests.flatMap(({ file, isThere }) => (isThere ? [] : [`there is no test ${file}`])),
]

/** Google keeps a page without zeros: with them Terraform would plan the same change for ever, and nobody would see another one. */
export const dashboardAsKept: Policy = (judged) =>
  ofType(judged, 'google_monitoring_dashboard').flatMap(({ address, after }) =>
    /"[xy]Pos":0\b/.test(String(after['dashboard_json'])) ? [`${address} is changed by every plan`] : [],
  )

/** Whoever is woken looks at the page: what woke them is on it. */
export const alarmsTiled: Policy = (judged) => {
  const pages = ofType(judged, 'google_monitoring_dashboard').map(({ after }) => String(after['dashboard_json']))
  const titles = new Set(
    pages.flatMap((page) => [...page.matchAll(/"title":("(?:[^"\\]|\\.)*")/g)].map(([, one]) => one)),
  )
  return ofType(judged, 'google_monitoring_alert_policy')
    .filter(({ after }) => !titles.has(JSON.stringify(after['display_name'])))
    .map(({ address }) => `${address} has no tile`)
}
