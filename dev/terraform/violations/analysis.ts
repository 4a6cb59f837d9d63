// Violations of what is said of events in BigQuery.
import { added, changed, project, renamed, type Seeds, setting, without } from './changed-plan.ts'

const table = 'google_bigquery_table'
const subscription = 'google_pubsub_subscription'
const dataset = 'google_bigquery_dataset'

export const analysisSeeds: Seeds = {
  'F-21 what cannot': [
    [
      'dead letters that nobody keeps',
      (plan) => ({ ...plan, resources: plan.resources.filter(({ after }) => after['name'] !== 'events-unwritten') }),
    ],
    ['no dead letters', setting(subscription, { dead_letter_policy: [] })],
    ['dead letters that cannot be moved in', without('google_pubsub_topic_iam_member')],
    ['dead letters that cannot be moved out', without('google_pubsub_subscription_iam_member')],
    ['a subscription that ends', setting(subscription, { expiration_policy: [] })],
    ['a subscription that forgets', setting(subscription, { message_retention_duration: '600s' })],
  ],
  'C-156 committed': [
    ['no subscription', without(subscription)],
    ['a subscription of another topic', setting(subscription, { topic: `projects/${project}/topics/jobs` })],
    ['a table that is not there', renamed(subscription, 'latchkey_audit.events', 'latchkey_audit.event')],
    ['a table that nobody may write', without('google_bigquery_table_iam_member')],
    ['a column that is missing', renamed(table, '\\"publish_time\\",\\"type', '\\"published\\",\\"type')],
    ['a column of another type', renamed(table, 'TIMESTAMP', 'STRING')],
    ['rows without their moment', renamed(subscription, '"write_metadata":true', '"write_metadata":false')],
  ],
  'C-156 CIS 7.1': [
    ['no dataset', without(dataset)],
    ['whoever has an account', setting(dataset, { access: [{ special_group: 'allAuthenticatedUsers' }] })],
    ['anybody', setting(dataset, { access: [{ iam_member: 'allUsers' }] })],
    ['anybody, by a grant', added('google_bigquery_table_iam_member', { member: 'allUsers' })],
    ['a whole company', added('google_bigquery_dataset_iam_member', { member: 'domain:example.com' })],
  ],
  'C-156 events stay': [
    ['rows in another region', setting(dataset, { location: 'EU' })],
    ['messages anywhere', setting('google_pubsub_topic', { message_storage_policy: [] })],
  ],
  'C-156 rows end': [
    ['rows for ever', setting(dataset, { default_partition_expiration_ms: null })],
    ['a dataset that goes with its rows', setting(dataset, { delete_contents_on_destroy: true })],
    ['events for ever', changed(table, (after) => ({ ...after, time_partitioning: [{ type: 'DAY' }] }))],
    ['a table that can be deleted', setting(table, { deletion_protection: false })],
  ],
}
