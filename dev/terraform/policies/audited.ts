// What is logged of access, where it goes, and that it stays there.
import { blockIn, blocksIn, type Judged, ofType, type Policy, textIn } from './plan.ts'

/** Service → kinds of access that must be logged. Reads of Firestore are thousands a second, and stay out. */
const accessLogged: Readonly<Record<string, readonly string[]>> = {
  'cloudkms.googleapis.com': ['DATA_READ', 'DATA_WRITE', 'ADMIN_READ'],
  'datastore.googleapis.com': ['DATA_WRITE', 'ADMIN_READ'],
  'secretmanager.googleapis.com': ['DATA_READ', 'DATA_WRITE', 'ADMIN_READ'],
}
const carried = ['jsonPayload.message="audit event"', '%2Fdata_access"', '%2Factivity"']

const unlogged = (judged: Judged): readonly string[] => {
  const logs = ofType(judged, 'google_project_iam_audit_config').flatMap((one) =>
    blocksIn(one, 'audit_log_config').map((block) => ({ block, service: textIn(one, 'service') })),
  )
  return [
    ...Object.entries(accessLogged).flatMap(([service, kinds]) =>
      kinds
        .filter((kind) => !logs.some((log) => log.service === service && log.block['log_type'] === kind))
        .map((kind) => `${kind} of ${service} is not logged`),
    ),
    ...logs
      .filter(({ block }) => String(block['exempted_members'] ?? '') !== '')
      .map(({ service }) => `somebody’s access to ${service} is not logged`),
  ]
}

export const audited: Policy = (judged) => {
  const sinks = ofType(judged, 'google_logging_project_sink')
  const buckets = ofType(judged, 'google_logging_project_bucket_config')
  const own = sinks.map((one) => textIn(one, 'project'))
  return [
    ...unlogged(judged),
    ...(sinks.length === 0 || buckets.length === 0 ? ['no log goes anywhere else'] : []),
    ...sinks.flatMap((sink) => [
      ...carried
        .filter((part) => !textIn(sink, 'filter').includes(part))
        .map((part) => `${sink.address} lacks ${part}`),
      ...(sink.after['disabled'] === true || blocksIn(sink, 'exclusions').length > 0
        ? [`${sink.address} leaves something out`]
        : []),
    ]),
    ...buckets
      .filter((one) => own.includes(textIn(one, 'project')))
      .map(({ address }) => `${address} lies in the project that it watches`),
  ]
}

export const locked: Policy = (judged) => [
  ...ofType(judged, 'google_logging_project_bucket_config')
    .filter(({ after }) => after['locked'] !== true)
    .map(({ address }) => `${address} can be emptied`),
  ...ofType(judged, 'google_storage_bucket')
    .filter((one) => blockIn(one, 'retention_policy')['is_locked'] !== true)
    .map(({ address }) => `${address} can be emptied`),
  ...ofType(judged, 'google_kms_crypto_key')
    .filter((one) => blockIn(one, 'version_template')['protection_level'] !== 'HSM')
    .map(({ address }) => `${address} is not in an HSM`),
]
