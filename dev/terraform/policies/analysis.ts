// Events in BigQuery: they get there, what does not is kept, nobody outside reads them, and they neither leave the region nor stay for ever.
import { blockIn, blocksIn, givenTo, type Judged, ofType, type PlannedResource, type Policy, textIn } from './plan.ts'

const short = (id: string): string => id.split('/').at(-1) ?? ''
const deadLetters = (one: PlannedResource): PlannedResource['after'] => blockIn(one, 'dead_letter_policy')
const tableOf = (one: PlannedResource): string => String(blockIn(one, 'bigquery_config')['table'] ?? '')
const pubSub = /^serviceAccount:service-\d+@gcp-sa-pubsub\.iam\.gserviceaccount\.com$/

/** Pub/Sub itself moves messages that were tried too often: it takes them from a subscription and publishes them to a topic. */
const movesOut = {
  type: 'google_pubsub_subscription_iam_member',
  field: 'subscription',
  role: 'roles/pubsub.subscriber',
}
const movesIn = { type: 'google_pubsub_topic_iam_member', field: 'topic', role: 'roles/pubsub.publisher' }
const writes = { type: 'google_bigquery_table_iam_member', field: 'table_id', role: 'roles/bigquery.dataEditor' }

/** Whether Pub/Sub's own account does. */
const holds = (
  judged: Judged,
  { type, field, role }: { readonly type: string; readonly field: string; readonly role: string },
  name: string,
): boolean =>
  ofType(judged, type).some(
    (grant) =>
      textIn(grant, 'role') === role &&
      short(textIn(grant, field)) === name &&
      givenTo(grant).some((member) => pubSub.test(member)),
  )

export const deadLettersKept: Policy = (judged) => {
  const subscriptions = ofType(judged, 'google_pubsub_subscription')
  const heard = subscriptions.map((one) => short(textIn(one, 'topic')))
  return subscriptions.flatMap((one) => {
    const topic = short(String(deadLetters(one)['dead_letter_topic'] ?? ''))
    const name = textIn(one, 'name')
    const forgets =
      textIn(one, 'message_retention_duration') !== '604800s' || blockIn(one, 'expiration_policy')['ttl'] !== ''
    const unmoved = topic !== '' && !(holds(judged, movesIn, topic) && holds(judged, movesOut, name))
    return [
      ...(forgets ? [`${name} forgets what is not fetched within a week, or itself`] : []),
      ...(tableOf(one) !== '' && topic === '' ? [`what ${name} cannot write is tried for ever, and then lost`] : []),
      ...(topic !== '' && !heard.includes(topic) ? [`nobody keeps the dead letters of ${name}`] : []),
      ...(unmoved ? [`Pub/Sub may not move dead letters of ${name}`] : []),
    ]
  })
}

/** As Pub/Sub writes rows with metadata: a column of another type, or none, and nothing is written. */
const columns: Readonly<Record<string, readonly string[]>> = {
  subscription_name: ['STRING'],
  message_id: ['STRING'],
  publish_time: ['TIMESTAMP'],
  data: ['JSON', 'STRING', 'BYTES'],
  attributes: ['JSON', 'STRING'],
}

interface Column {
  readonly name: string
  readonly type: string
}

const misfits = (table: PlannedResource): readonly string[] => {
  const found = JSON.parse(textIn(table, 'schema') || '[]') as readonly Column[] // as BigQuery has schemas
  return Object.entries(columns)
    .filter(([name, types]) => !found.some((column) => column.name === name && types.includes(column.type)))
    .map(([name]) => `${table.address} has no column ${name} that fits`)
}

export const eventsWritten: Policy = (judged) => {
  const writing = ofType(judged, 'google_pubsub_subscription').filter((one) => tableOf(one) !== '')
  const hearsEvents = writing.some((one) => short(textIn(one, 'topic')) === 'events')
  return [
    ...(hearsEvents ? [] : ['no event is written to BigQuery']),
    ...writing.flatMap((one) => {
      const [project, dataset, name] = tableOf(one).split('.')
      const table = ofType(judged, 'google_bigquery_table').find(
        ({ after }) => after['project'] === project && after['dataset_id'] === dataset && after['table_id'] === name,
      )
      if (table === undefined) return [`${one.address} writes to no table of ours`]
      return [
        ...(blockIn(one, 'bigquery_config')['write_metadata'] === true
          ? misfits(table)
          : [`${one.address} drops when`]),
        ...(holds(judged, writes, String(name)) ? [] : [`Pub/Sub may not write to ${table.address}`]),
      ]
    }),
  ]
}

const everyone = ['allUsers', 'allAuthenticatedUsers']

export const datasetsClosed: Policy = (judged) => [
  ...(ofType(judged, 'google_bigquery_dataset').length > 0 ? [] : ['there is no dataset']),
  ...ofType(judged, 'google_bigquery_dataset').flatMap((one) =>
    blocksIn(one, 'access').some(({ special_group: group, iam_member: member }) =>
      [group, member].some((who) => everyone.includes(String(who))),
    )
      ? [`${one.address} is open to anybody`]
      : [],
  ),
  ...ofType(judged, 'google_bigquery_dataset', 'google_bigquery_dataset_iam_member', 'google_bigquery_table_iam_member')
    .filter((one) => givenTo(one).some((member) => everyone.includes(member) || member.startsWith('domain:')))
    .map(({ address }) => `${address} is given to anybody`),
]

export const oneRegion: Policy = (judged) => {
  const regions = new Set(ofType(judged, 'google_bigquery_dataset').map((one) => textIn(one, 'location').toLowerCase()))
  return ofType(judged, 'google_pubsub_topic').flatMap((topic) => {
    const allowed = blockIn(topic, 'message_storage_policy')['allowed_persistence_regions']
    const places = Array.isArray(allowed) ? allowed.map(String) : []
    return places.length > 0 && places.every((place) => regions.has(place))
      ? []
      : [`${textIn(topic, 'name')} keeps messages elsewhere than BigQuery its rows`]
  })
}

const dayMilliseconds = 86_400_000

/** Rows go when the lines of the audit log go, and nobody removes the table by a mistake. */
export const rowsEnd: Policy = (judged) => {
  const [bucket] = ofType(judged, 'google_logging_project_bucket_config')
  const kept = Number(bucket?.after['retention_days']) * dayMilliseconds
  return [
    ...ofType(judged, 'google_bigquery_dataset')
      .filter(
        ({ after }) =>
          after['default_partition_expiration_ms'] !== kept || after['delete_contents_on_destroy'] !== false,
      )
      .map(({ address }) => `${address} keeps its rows for another time than the log, or goes with them`),
    ...ofType(judged, 'google_bigquery_table').flatMap((table) => {
      const { type, field, expiration_ms: ends } = blockIn(table, 'time_partitioning')
      return [
        ...(type === 'DAY' && field === 'publish_time' && ends === kept ? [] : [`rows of ${table.address} never end`]),
        ...(table.after['deletion_protection'] === true ? [] : [`${table.address} can be deleted`]),
      ]
    }),
  ]
}
