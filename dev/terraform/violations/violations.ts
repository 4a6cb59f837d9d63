// Violations of every policy, each as a change of production's plan.

import { alarmSeeds } from './alarms.ts'
import { analysisSeeds } from './analysis.ts'
import {
  account,
  added,
  deployed,
  filed,
  keys,
  project,
  type Seeds,
  setting,
  without,
  withoutRole,
} from './changed-plan.ts'
import { doorSeeds } from './doors.ts'

const tooStrong = [
  ...['editor', 'iam.serviceAccountTokenCreator', 'resourcemanager.projectIamAdmin', 'iam.roleAdmin'],
  ...['iam.serviceAccountKeyAdmin', 'datastore.owner', 'run.developer', 'firebaseauth.admin'],
]
const given = (role: string) => added('google_project_iam_member', { role: `roles/${role}`, member: account('api') })

export const seeds: Seeds = {
  ...alarmSeeds,
  ...analysisSeeds,
  ...doorSeeds,
  'C-151 CIS 1.9': [
    [
      'a key for everybody',
      added('google_kms_crypto_key_iam_member', { role: 'roles/cloudkms.cryptoKeyDecrypter', member: 'allUsers' }),
    ],
    [
      'a binding for whoever has an account',
      added('google_storage_bucket_iam_binding', { members: ['allAuthenticatedUsers'] }),
    ],
  ],
  'C-151 CIS 1.10': [
    ['a key that rotates once a year', setting('google_kms_crypto_key', { rotation_period: '31536000s' })],
    ['a key that is gone at once', setting('google_kms_crypto_key', { destroy_scheduled_duration: '86400s' })],
    [
      'a seal key with a version of its own making',
      setting('google_kms_crypto_key', { skip_initial_version_creation: false }),
    ],
  ],
  'C-151 CIS 1.11': [
    [
      'a rotation that signs',
      added('google_kms_crypto_key_iam_member', {
        role: 'roles/cloudkms.signer',
        member: account('rotate-signing-keys'),
      }),
    ],
    [
      'somebody else who makes versions',
      added('google_kms_crypto_key_iam_member', {
        role: 'projects/p/roles/latchkeyKeyVersionKeeper',
        member: account('signing'),
      }),
    ],
    [
      'both ends of a key',
      added('google_kms_crypto_key_iam_member', {
        role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
        member: account('api'),
      }),
    ],
    [
      'all keys of the project',
      added('google_project_iam_member', { role: 'roles/cloudkms.signer', member: account('seal-audit') }),
    ],
  ],
  'C-151 each account opens': [
    [
      'a caller of customers that opens signing keys',
      added('google_kms_crypto_key_iam_member', {
        crypto_key_id: `${keys}/envelope`,
        role: 'roles/cloudkms.cryptoKeyDecrypter',
        member: account('attempt-webhooks'),
      }),
    ],
    [
      'a second who opens secrets of webhooks',
      added('google_kms_crypto_key_iam_member', {
        crypto_key_id: `${keys}/webhooks`,
        role: 'roles/cloudkms.cryptoKeyDecrypter',
        member: account('api'),
      }),
    ],
    ['keys that nobody opens', without('google_kms_crypto_key_iam_member')],
  ],
  'C-151 every secret': [
    ['a secret that nobody makes', (plan) => ({ ...plan, secrets: { ...plan.secrets, renewed: ['latchkey-hmac-x'] } })],
    ['a secret that nobody asks for', added('google_secret_manager_secret', { secret_id: 'latchkey-old' })],
    ['secrets that nobody renews', without('google_secret_manager_secret_iam_member')],
  ],
  'I-88 events reach': [
    ['a trigger that lets its own events in no more', withoutRole('roles/run.invoker')],
    ['a trigger that may not receive', withoutRole('roles/eventarc.eventReceiver')],
    ['a new one', deployed('onSeeded', { eventTrigger: {}, serviceAccountEmail: 'fn-on-seeded@' })],
  ],
  'I-88 tasks reach': [
    ['a queue whose account calls nothing', withoutRole('roles/run.invoker')],
    ['who adds tasks as nobody', without('google_service_account_iam_member')],
    [
      'another who adds tasks',
      added('google_project_iam_member', { role: 'roles/cloudtasks.enqueuer', member: account('teams') }),
    ],
  ],
  'C-151 verification': [
    [
      'verification that opens keys',
      added('google_kms_crypto_key_iam_member', {
        crypto_key_id: `${keys}/envelope`,
        role: 'roles/cloudkms.cryptoKeyDecrypter',
        member: account('authz'),
      }),
    ],
    [
      'verification that reads a secret',
      added('google_secret_manager_secret_iam_member', {
        role: 'roles/secretmanager.secretAccessor',
        member: account('oauth'),
      }),
    ],
  ],
  'C-152': [
    ['a value in the state', added('google_secret_manager_secret_version', { secret: 'latchkey-smtp' })],
    ['a password in the environment', (plan) => ({ ...plan, settings: { ...plan.settings, LK_SMTP_PASSWORD: 'x' } })],
  ],
  'C-153 I-88 nobody': [
    ['a key of a service account', added('google_service_account_key', {})],
    [
      'another who shuts people out',
      added('google_project_iam_member', {
        role: `projects/${project}/roles/latchkeyPeopleShutter`,
        member: account('tenants'),
      }),
    ],
    ...tooStrong.map((role) => [role, given(role)] as const),
    [
      'who may be one account',
      added('google_service_account_iam_member', {
        role: 'roles/iam.serviceAccountTokenCreator',
        member: account('api'),
      }),
    ],
    ['a policy that replaces all grants', added('google_project_iam_policy', { project })],
    [
      'a default account',
      added('google_project_iam_member', {
        role: 'roles/datastore.user',
        member: 'serviceAccount:123-compute@developer.gserviceaccount.com',
      }),
    ],
  ],
  'C-153 I-88 each function': [
    ['two that share', deployed('teams', { serviceAccountEmail: 'fn-roles@' })],
    ['one without', deployed('seeded', { serviceAccountEmail: 'fn-seeded@' })],
    ['an account of nobody', added('google_service_account', { account_id: 'fn-nobody' })],
  ],
  'I-88 each function': [['a default', deployed('api', { availableMemoryMb: null })]],
  'F-21 every topic': [
    ['a topic that nobody hears', added('google_pubsub_topic', { name: 'dead-letters' })],
    ['a function that hears nothing', without('google_pubsub_topic')],
  ],
  'C-156 CIS 2.1': [
    ['no log of access', without('google_project_iam_audit_config')],
    ['no sink', without('google_logging_project_sink')],
    [
      'a log of writes alone',
      setting('google_project_iam_audit_config', { audit_log_config: [{ log_type: 'DATA_WRITE' }] }),
    ],
    ['a sink that carries too little', setting('google_logging_project_sink', { filter: 'severity>=ERROR' })],
    ['a sink that leaves something out', setting('google_logging_project_sink', { exclusions: [{ filter: 'true' }] })],
    ['logs at home', setting('google_logging_project_bucket_config', { project })],
  ],
  'C-156 CIS 2.3': [
    ['a bucket that can be emptied', setting('google_storage_bucket', { retention_policy: [{ is_locked: false }] })],
    ['logs that can be emptied', setting('google_logging_project_bucket_config', { locked: false })],
    ['keys in software', setting('google_kms_crypto_key', { version_template: [{ protection_level: 'SOFTWARE' }] })],
  ],
  'C-158': [
    ['no key', without('google_apikeys_key')],
    [
      'a key for every API',
      setting('google_apikeys_key', { restrictions: [{ api_targets: [], browser_key_restrictions: [] }] }),
    ],
    [
      'a key for any page',
      setting('google_apikeys_key', {
        restrictions: [{ api_targets: [{}], browser_key_restrictions: [{ allowed_referrers: ['*'] }] }],
      }),
    ],
  ],
  'CIS 5.1': [
    ['no bucket', without('google_storage_bucket')],
    ['a bucket that can be opened', setting('google_storage_bucket', { public_access_prevention: 'inherited' })],
  ],
  'F-38 the database': [
    [
      'a database that can be deleted',
      setting('google_firestore_database', { delete_protection_state: 'DELETE_PROTECTION_DISABLED' }),
    ],
    ['no database', without('google_firestore_database')],
    ['no backups', without('google_firestore_backup_schedule')],
  ],
  'CIS 1.18': [['a secret anywhere', setting('google_secret_manager_secret', { replication: [{ auto: [{}] }] })]],
  'CIS 3.9': [
    ['old TLS', setting('google_compute_ssl_policy', { min_tls_version: 'TLS_1_0' })],
    ['no policy', without('google_compute_ssl_policy')],
    ['a proxy without it', setting('google_compute_target_https_proxy', { ssl_policy: null })],
  ],
  'C-159 every host': [
    ['functions that say nothing of TLS', setting('google_compute_backend_service', { custom_response_headers: null })],
    [
      'files that say it twice',
      setting('google_compute_backend_service', {
        custom_response_headers: ['Strict-Transport-Security: max-age=63072000; includeSubDomains'],
      }),
    ],
  ],
  'F-38 what cannot': [['a database without its guard', filed('prevent_destroy = true', 'prevent_destroy = false')]],
  'every setting': [
    ['a setting that nobody sets', (plan) => ({ ...plan, read: [...plan.read, 'LK_SEEDED'] })],
    ['a setting that nobody reads', (plan) => ({ ...plan, settings: { ...plan.settings, LK_SEEDED: 'x' } })],
  ],
}
