// The rules that a plan must keep, by the row of the catalogue or of the CIS benchmark that asks for each.
import { besideEmulators } from '../../deploy/settings-read.ts'
import { alarmsHeard, errorsHeard, runbooks, schedulesMissed } from './alarms.ts'
import { datasetsClosed, deadLettersKept, eventsWritten, oneRegion, rowsEnd } from './analysis.ts'
import { audited, locked } from './audited.ts'
import { canBeShut } from './door.ts'
import { hostingPowerless, oneDoor, originsAgree } from './origins.ts'
import { blockIn, type Judged, ofType, type Policy, textIn } from './plan.ts'
import { alarmsTiled, dashboardAsKept, promisesWatched } from './promises.ts'
import { instancesNearlyGone, rareErrorsHeard, troubleEnds } from './thresholds.ts'
import { eventsArrive, tasksArrive } from './who-calls.ts'
import {
  keysApart,
  leastPrivilege,
  noPublicGrant,
  noSecretInState,
  oneAccountEach,
  rotation,
  verificationOpensNothing,
} from './who-may.ts'
import { opensItsOwn, secretsThere } from './who-opens.ts'

/** What is not planned breaks no rule, so rules ask for it first. */
const there = (judged: Judged, ...types: readonly string[]): readonly string[] =>
  types.flatMap((type) => (ofType(judged, type).length > 0 ? [] : [`there is no ${type}`]))

const sized = ['availableMemoryMb', 'concurrency', 'cpu', 'maxInstances', 'timeoutSeconds'] as const

const functionsSized: Policy = ({ endpoints }) =>
  Object.entries(endpoints).flatMap(([name, endpoint]) =>
    sized.flatMap((field) => (typeof endpoint[field] === 'number' ? [] : [`${name} leaves ${field} to a default`])),
  )

const behindTheBalancer: Policy = (judged) => {
  const served = new Set(
    ofType(judged, 'google_compute_backend_service').map((one) => textIn(one, 'name').replace('latchkey-', '')),
  )
  const unarmoured = ofType(judged, 'google_compute_backend_service').filter(
    // Unknown while planning is a reference to the policy; absent is none.
    ({ after }) => after['security_policy'] === null,
  )
  return [
    ...Object.entries(judged.endpoints).flatMap(([name, { httpsTrigger, ingressSettings }]) => {
      if (httpsTrigger === undefined) return []
      const bypass =
        ingressSettings === 'ALLOW_INTERNAL_AND_GCLB' ? [] : [`${name} can be reached past the load balancer`]
      return served.has(name) ? bypass : [...bypass, `${name} is behind no load balancer`]
    }),
    ...Object.entries(judged.endpoints).flatMap(([name, { taskQueueTrigger }]) =>
      taskQueueTrigger !== undefined && !taskQueueTrigger.invoker?.includes('private')
        ? [`${name} may be called by anybody`]
        : [],
    ),
    ...unarmoured.map(({ address }) => `${address} is without Cloud Armor`),
  ]
}

const heard: Policy = (judged) => {
  const listening = Object.values(judged.endpoints).flatMap(
    ({ eventTrigger }) => eventTrigger?.eventFilters?.['topic'] ?? [],
  )
  const subscribed = ofType(judged, 'google_pubsub_subscription').map((one) => textIn(one, 'name'))
  const topics = ofType(judged, 'google_pubsub_topic').map((one) => textIn(one, 'name'))
  return [
    ...topics.flatMap((topic) =>
      [...listening, ...subscribed].includes(topic) ? [] : [`nobody hears the topic ${topic}`],
    ),
    ...listening.flatMap((topic) => (topics.includes(topic) ? [] : [`nobody makes the topic ${topic}`])),
  ]
}

const bucketsClosed: Policy = (judged) => [
  ...there(judged, 'google_storage_bucket'),
  ...ofType(judged, 'google_storage_bucket')
    .filter(
      ({ after }) => after['uniform_bucket_level_access'] !== true || after['public_access_prevention'] !== 'enforced',
    )
    .map(({ address }) => `${address} could be opened to the public`),
]

const databaseKept: Policy = (judged) => [
  ...there(judged, 'google_firestore_database'),
  ...ofType(judged, 'google_firestore_database').flatMap(({ address, after }) => [
    ...(after['delete_protection_state'] === 'DELETE_PROTECTION_ENABLED' ? [] : [`${address} can be deleted`]),
    ...(after['point_in_time_recovery_enablement'] === 'POINT_IN_TIME_RECOVERY_ENABLED'
      ? []
      : [`${address} cannot be read as it was an hour ago`]),
  ]),
  ...(ofType(judged, 'google_firestore_backup_schedule').length >= 2 ? [] : ['there are no daily and weekly backups']),
]

const webKeyRestricted: Policy = (judged) => [
  ...there(judged, 'google_apikeys_key'),
  ...ofType(judged, 'google_apikeys_key').flatMap((key) => {
    const [restrictions] = (key.after['restrictions'] ?? []) as readonly Readonly<Record<string, unknown>>[] // as planned
    const targets = (restrictions?.['api_targets'] ?? []) as readonly unknown[]
    const [browser] = (restrictions?.['browser_key_restrictions'] ?? []) as readonly {
      readonly allowed_referrers?: readonly string[]
    }[]
    const referrers = browser?.allowed_referrers ?? []
    return [
      ...(targets.length > 0 ? [] : [`${key.address} opens every API`]),
      ...(referrers.length > 0 && referrers.every((one) => /^https:\/\/[a-z0-9.-]+\/\*$/.test(one))
        ? []
        : [`${key.address} works from any page`]),
    ]
  }),
]

const secretsOwnPlaces: Policy = (judged) =>
  ofType(judged, 'google_secret_manager_secret').flatMap((secret) => {
    const replication = blockIn(secret, 'replication')
    const managed = Array.isArray(replication['user_managed']) && replication['user_managed'].length > 0
    return [
      ...(managed ? [] : [`${secret.address} lies wherever Google likes`]),
      ...(secret.after['rotation'] !== undefined && Object.keys(blockIn(secret, 'rotation')).length > 0
        ? []
        : [`${secret.address} reminds nobody to renew it`]),
    ]
  })

const newTls: Policy = (judged) => [
  ...there(judged, 'google_compute_ssl_policy', 'google_compute_target_https_proxy'),
  ...ofType(judged, 'google_compute_ssl_policy')
    .filter((one) => textIn(one, 'min_tls_version') !== 'TLS_1_2' || textIn(one, 'profile') === 'COMPATIBLE')
    .map(({ address }) => `${address} speaks old versions of TLS`),
  ...ofType(judged, 'google_compute_target_https_proxy')
    .filter(({ after }) => after['ssl_policy'] === null) // as with Cloud Armor
    .map(({ address }) => `${address} speaks whatever Google speaks`),
  ...ofType(judged, 'google_compute_target_http_proxy').map(({ address }) => `${address} speaks no TLS`),
]

/** Files of Hosting have the header from `firebase.json`; a load balancer that added it, too, would send it twice. */
const alwaysTls: Policy = (judged) =>
  ofType(judged, 'google_compute_backend_service').flatMap((one) => {
    const headers = one.after['custom_response_headers']
    const lasts = (Array.isArray(headers) ? headers : []).some((header) =>
      /^Strict-Transport-Security: max-age=63072000; includeSubDomains$/.test(String(header)),
    )
    return lasts === textIn(one, 'name').startsWith('latchkey-site-')
      ? [`${textIn(one, 'name')} says never, or twice, that it wants TLS`]
      : []
  })

const irreplaceable = [
  'google_firestore_database',
  'google_kms_key_ring',
  'google_kms_crypto_key',
  'google_secret_manager_secret',
  'google_storage_bucket',
]

const neverDestroyed: Policy = ({ files }) =>
  Object.entries(files).flatMap(([file, text]) =>
    [...text.matchAll(/^resource "([a-z0-9_]+)" "([a-z_]+)" \{\n([\s\S]*?)^\}/gm)].flatMap(
      ([, type = '', name, body = '']) =>
        irreplaceable.includes(type) && !/prevent_destroy\s*=\s*true/.test(body)
          ? [`${file}: ${type}.${name} could be destroyed by a mistake`]
          : [],
    ),
  )

const settingsComplete: Policy = ({ settings, read }) => [
  ...read.flatMap((name) => (besideEmulators.includes(name) || name in settings ? [] : [`nobody sets ${name}`])),
  ...Object.keys(settings).flatMap((name) => (read.includes(name) ? [] : [`nobody reads ${name}`])),
]

/** In every environment. */
export const policies: Readonly<Record<string, Policy>> = {
  'C-151 CIS 1.9 nothing is given to anybody at all': noPublicGrant,
  'C-151 CIS 1.10 keys rotate, wait before they are destroyed, and seal keys are made by the rotation alone': rotation,
  'C-151 CIS 1.11 whoever makes keys does not use them, and each use is given on its one key': keysApart,
  'C-151 verification neither signs nor reads a secret': verificationOpensNothing,
  'C-152 no secret lies in the state or in the environment of a function': noSecretInState,
  'C-153 I-88 nobody has a broad role, a key of a service account, or a default account': leastPrivilege,
  'C-151 each account opens what its own key wrapped': opensItsOwn,
  'C-151 every secret that code asks for is made, and renewed by whoever renews it': secretsThere,
  'C-153 I-88 each function has a service account, and no two share one': oneAccountEach,
  'I-88 each function says what it runs on': functionsSized,
  'C-154 nobody comes past the load balancer, and no queue is open': behindTheBalancer,
  'C-154 F-38 the door can be shut': canBeShut,
  'C-154 a path of an origin is the same call behind the load balancer and beside emulators': originsAgree,
  'C-154 all four hosts, static files included, are behind one door': oneDoor,
  'C-154 C-158 the address of Hosting itself can do nothing': hostingPowerless,
  'I-88 events reach the functions that hear them': eventsArrive,
  'I-88 tasks reach their queue’s function': tasksArrive,
  'F-21 every topic is heard': heard,
  'F-21 what cannot be delivered is kept where somebody sees it': deadLettersKept,
  'C-156 committed events are written to BigQuery': eventsWritten,
  'C-156 CIS 7.1 no dataset is open': datasetsClosed,
  'C-156 events stay in their region': oneRegion,
  'C-156 rows end when the lines of the log do': rowsEnd,
  'C-156 CIS 2.1 access to data, keys and secrets is logged into another project': audited,
  'C-158 CIS 1.13 the browser key opens little, from few pages': webKeyRestricted,
  'CIS 5.1 no bucket can be opened': bucketsClosed,
  'F-38 the database is protected and backed up': databaseKept,
  'CIS 1.18 secrets lie where we say, and remind somebody': secretsOwnPlaces,
  'CIS 3.9 only new TLS': newTls,
  'C-159 every host says that it wants TLS, once': alwaysTls,
  'F-38 what cannot be made again is never destroyed': neverDestroyed,
  'C-012 every alarm names a runbook that speaks of it': runbooks,
  'C-012 alarms look at what is there': alarmsHeard,
  'C-012 each error is heard, and what alarms listen for is said': errorsHeard,
  'C-012 each schedule is missed when it stops': schedulesMissed,
  'C-012 what is said seldom is enough for an alarm': rareErrorsHeard,
  'C-012 nearly all instances are nearly all': instancesNearlyGone,
  'C-012 trouble that is over can come again': troubleEnds,
  'C-012 each promise has an alarm, or a test and a reason': promisesWatched,
  'C-012 what wakes somebody is on the dashboard': alarmsTiled,
  'C-012 the dashboard stays as it is': dashboardAsKept,
  'every setting that is read is set, and the other way round': settingsComplete,
}

/** Where the audit log must be believed. */
export const productionPolicies: Readonly<Record<string, Policy>> = {
  'C-156 CIS 2.3 what is kept cannot be emptied, and keys live in an HSM': locked,
}
