// Violations of what is said of alarms.
import type { Judged, PromiseRow } from '../policies/plan.ts'
import { added, changed, deployed, renamed, type Seeds, setting, without } from './changed-plan.ts'

const saying = (words: string) => (plan: Judged) => ({
  ...plan,
  said: [...plan.said, { isError: true, words, isWhole: true }],
})
const promising = (change: (rows: readonly PromiseRow[]) => readonly PromiseRow[]) => (plan: Judged) => ({
  ...plan,
  promises: change(plan.promises),
})
const row = { promise: 'Seeded', alarms: [], runbooks: [], why: '', tests: [] }

export const alarmSeeds: Seeds = {
  'C-012 every alarm': [
    ['an alarm that leads nowhere', setting('google_monitoring_alert_policy', { documentation: [] })],
    [
      'an alarm that leads to what is not there',
      setting('google_monitoring_alert_policy', { documentation: [{ content: '`docs/runbooks/nowhere.md`' }] }),
    ],
    [
      'an alarm of which its runbook knows nothing',
      renamed('google_monitoring_alert_policy', 'A leaked key was reported', 'The sky falls'),
    ],
  ],
  'C-012 alarms look': [
    [
      'a service that is not there',
      added('google_monitoring_alert_policy', { conditions: [{ filter: 'resource.label.service_name="sealAudit"' }] }),
    ],
    ['its log lines', added('google_logging_metric', { filter: 'resource.labels.service_name="authZ"' })],
    [
      'slow jobs',
      added('google_monitoring_alert_policy', {
        conditions: [{ filter: 'metric.type="run.googleapis.com/request_latencies"' }],
      }),
    ],
  ],
  'C-012 each error': [
    ['an error that nobody hears', saying('the sky falls')],
    [
      'an alarm for what nobody says',
      added('google_logging_metric', { filter: 'jsonPayload.message="the sky falls"' }),
    ],
    ['one of several', renamed('google_logging_metric', 'job keeps failing', 'job kept failing')],
    ['errors of a kind', renamed('google_logging_metric', '^the standby for ', '^a standby for ')],
    ['nobody at all', without('google_logging_metric')],
  ],
  'C-012 each schedule': [
    ['silence that nobody hears', changed('google_monitoring_alert_policy', (after) => ({ ...after, conditions: [] }))],
    ['silence that is heard too late', renamed('google_monitoring_alert_policy', '"900s"', '"84600s"')],
    ['failures that pass for runs', renamed('google_monitoring_alert_policy', '2xx', '5xx')],
    ['a schedule that nobody misses', deployed('seeded', { scheduleTrigger: { schedule: 'every 5 minutes' } })],
  ],
  'C-012 what is said': [
    [
      'errors that are waited for in vain',
      renamed('google_monitoring_alert_policy', '"threshold_value":2,', '"threshold_value":5,'),
    ],
  ],
  'C-012 nearly': [
    ['a function that may have more', deployed('authz', { maxInstances: 300 })],
    ['one that may have no more', deployed('authz', { maxInstances: 120 })],
  ],
  'C-012 trouble': [
    ['an alarm that stays open', setting('google_monitoring_alert_policy', { alert_strategy: [] })],
    [
      'silence that closes itself',
      setting('google_monitoring_alert_policy', { alert_strategy: [{ auto_close: '1800s' }] }),
    ],
  ],
  'C-012 each promise': [
    ['a promise that nobody watches over', promising((rows) => rows.slice(1))],
    ['one with neither alarm nor reason', promising((rows) => [...rows, row])],
    ['an alarm that is not there', promising((rows) => [...rows, { ...row, alarms: ['seeded'] }])],
    ['another runbook', promising((rows) => [...rows, { ...row, alarms: ['drift'], runbooks: ['rotate-now'] }])],
    [
      'a test that is not there',
      promising((rows) => [...rows, { ...row, why: 'seeded', tests: [{ file: 'seeded.test.ts', isThere: false }] }]),
    ],
  ],
  'C-012 the dashboard': [['a tile at nought', renamed('google_monitoring_dashboard', 'Pos\\":4', 'Pos\\":0')]],
  'C-012 what wakes': [
    ['no dashboard', without('google_monitoring_dashboard')],
    ['an alarm without a tile', added('google_monitoring_alert_policy', { display_name: 'Seeded' })],
  ],
}
