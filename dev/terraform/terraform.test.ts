// Our Terraform, as far as a machine without a cloud can prove it: format, types, tests, and every policy beside a violation of it that is refused.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { root } from '../root.ts'
import { judgeEnvironment } from './judge-environment.ts'
import type { Judged, PlannedResource } from './policies/plan.ts'
import { policies, productionPolicies } from './policies/policies.ts'
import { prepareTerraform, type Terraform } from './run-terraform.ts'

const files = join(root, 'terraform')
const modules = globSync('modules/*', { cwd: files }).toSorted()
const environments = ['dev', 'prod'] as const

let terraform: Terraform
const judged = new Map<string, Judged>()
const planOf = (environment: string): Judged => {
  const plan = judged.get(environment)
  if (plan === undefined) throw new Error(`There is no plan of ${environment}.`)
  return plan
}

beforeAll(async () => {
  terraform = await prepareTerraform(files, 'check')
  for (const environment of environments) {
    const { code, output } = await terraform.run(join('environments', environment), 'init', '-backend=false')
    if (code !== 0) throw new Error(output)
    judged.set(environment, await judgeEnvironment(terraform, environment))
  }
}, 120_000)

describe('the files', () => {
  test('are formatted', async () => {
    expect(await terraform.run('.', 'fmt', '-check', '-recursive')).toEqual({ code: 0, output: '' })
  })

  test.each(environments)(
    '%s is valid',
    async (environment) => {
      const { code, output } = await terraform.run(join('environments', environment), 'validate')
      expect(code, output).toBe(0)
    },
    60_000,
  )

  test('a misspelt argument, a missing one and a wrong type are found, with file and line', async () => {
    const scratch = await prepareTerraform(join(root, 'dev', 'terraform', 'wrong'), 'wrong')
    await scratch.run('.', 'init', '-backend=false')
    const { code, output } = await scratch.run('.', 'validate')
    expect(code).not.toBe(0)
    for (const sign of [
      'Unsupported argument',
      'Missing required argument',
      'Incorrect attribute value type',
      'main.tf line',
    ])
      expect(output).toContain(sign)
  }, 60_000)

  test('no lock file and no state lies beside them', () => {
    const left = globSync('terraform/**/{.terraform.lock.hcl,*.tfstate*,.terraform}', { cwd: root })
    expect(left.map((file) => relative(root, file))).toEqual([])
  })

  test('every module says what it is for, what it wants and what it gives', () => {
    const missing = modules.flatMap((module) =>
      ['README.md', 'main.tf', 'variables.tf', 'outputs.tf', 'versions.tf'].filter(
        (name) => !globSync(join(module, '*'), { cwd: files }).includes(join(module, name)),
      ),
    )
    expect(missing).toEqual([])
    expect(dirname(modules[0] ?? '')).toBe('modules')
  })
})

test('the examples of all READMEs are plans', async () => {
  const examples = modules.map((module) => {
    const [, example] = /```hcl\n([\s\S]*?)```/.exec(readFileSync(join(files, module, 'README.md'), 'utf8')) ?? []
    if (example === undefined) throw new Error(`${module} has no example.`)
    return example
  })
  const provider =
    'terraform {\n  required_providers {\n    google = { source = "hashicorp/google" }\n  }\n}\n\nprovider "google" {}\n'
  terraform.write(join('examples', 'main.tf'), [provider, ...examples].join('\n'))
  const planned = 'mock_provider "google" {}\n\nrun "examples" {\n  command = plan\n}\n'
  terraform.write(join('examples', 'tests', 'examples.tftest.hcl'), planned)
  const init = await terraform.run('examples', 'init', '-backend=false')
  expect(init.code, init.output).toBe(0)
  const { code, output } = await terraform.run('examples', 'test')
  expect(code, output).toBe(0)
}, 60_000)

const every = { ...policies, ...productionPolicies }

describe.each(environments)('the plan of %s', (environment) => {
  test.each(Object.entries(environment === 'prod' ? every : policies))('%s', (_name, policy) => {
    expect(policy(planOf(environment))).toEqual([])
  })
})

/** Changes every resource of a type. */
const changed =
  (type: string, change: (after: PlannedResource['after']) => PlannedResource['after']) =>
  (plan: Judged): Judged => ({
    ...plan,
    resources: plan.resources.map((one) => (one.type === type ? { ...one, after: change(one.after) } : one)),
  })
const setting = (type: string, fields: PlannedResource['after']) => changed(type, (after) => ({ ...after, ...fields }))
const added =
  (type: string, after: PlannedResource['after']) =>
  (plan: Judged): Judged => ({
    ...plan,
    resources: [...plan.resources, { type, address: `${type}.seeded`, after }],
  })
const without =
  (type: string) =>
  (plan: Judged): Judged => ({
    ...plan,
    resources: plan.resources.filter((one) => one.type !== type),
  })
const deployed =
  (name: string, fields: object) =>
  (plan: Judged): Judged => ({
    ...plan,
    endpoints: { ...plan.endpoints, [name]: { ...plan.endpoints[name], ...fields } },
  })
const filed =
  (from: string, to: string) =>
  (plan: Judged): Judged => ({
    ...plan,
    files: Object.fromEntries(Object.entries(plan.files).map(([file, text]) => [file, text.replaceAll(from, to)])),
  })

const project = 'latchkey-prod-1'
const account = (name: string) => `serviceAccount:fn-${name}@${project}.iam.gserviceaccount.com`
const envelope = `projects/${project}/locations/us-central1/keyRings/latchkey/cryptoKeys/envelope`

const seeds: Readonly<Record<string, readonly (readonly [what: string, seed: (plan: Judged) => Judged])[]>> = {
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
  'C-151 verification': [
    [
      'verification that opens keys',
      added('google_kms_crypto_key_iam_member', {
        crypto_key_id: envelope,
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
    ['an editor', added('google_project_iam_member', { role: 'roles/editor', member: account('api') })],
    [
      'who may be any account',
      added('google_project_iam_member', { role: 'roles/iam.serviceAccountTokenCreator', member: account('api') }),
    ],
    [
      'another who shuts people out',
      added('google_project_iam_member', { role: 'roles/firebaseauth.admin', member: account('tenants') }),
    ],
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
  'C-154': [
    ['a way past the load balancer', deployed('api', { ingressSettings: null })],
    [
      'a function behind none',
      deployed('seeded', { httpsTrigger: { invoker: ['public'] }, ingressSettings: 'ALLOW_INTERNAL_AND_GCLB' }),
    ],
    ['an open queue', deployed('attemptWebhooks', { taskQueueTrigger: { invoker: ['public'] } })],
    ['no Cloud Armor', setting('google_compute_backend_service', { security_policy: null })],
  ],
  'F-21': [
    ['a topic that nobody hears', added('google_pubsub_topic', { name: 'dead-letters' })],
    ['a function that hears nothing', without('google_pubsub_topic')],
  ],
  'C-156 CIS 2.1': [
    ['no log of access', without('google_project_iam_audit_config')],
    ['no sink', without('google_logging_project_sink')],
    ['logs at home', setting('google_logging_project_bucket_config', { project })],
  ],
  'C-156 CIS 2.3': [
    ['a bucket that can be emptied', setting('google_storage_bucket', { retention_policy: [{ is_locked: false }] })],
    ['logs that can be emptied', setting('google_logging_project_bucket_config', { locked: false })],
    ['keys in software', setting('google_kms_crypto_key', { version_template: [{ protection_level: 'SOFTWARE' }] })],
  ],
  'C-158': [
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
    ['a bucket that can be opened', setting('google_storage_bucket', { public_access_prevention: 'inherited' })],
  ],
  'F-38 the database': [
    [
      'a database that can be deleted',
      setting('google_firestore_database', { delete_protection_state: 'DELETE_PROTECTION_DISABLED' }),
    ],
    ['no backups', without('google_firestore_backup_schedule')],
  ],
  'CIS 1.18': [['a secret anywhere', setting('google_secret_manager_secret', { replication: [{ auto: [{}] }] })]],
  'CIS 3.9': [['old TLS', setting('google_compute_ssl_policy', { min_tls_version: 'TLS_1_0' })]],
  'F-38 what cannot': [['a database without its guard', filed('prevent_destroy = true', 'prevent_destroy = false')]],
  'C-012': [['an alarm that leads nowhere', filed('"quota-exhausted"', '"nowhere"')]],
  'every setting': [
    ['a setting that nobody sets', (plan) => ({ ...plan, read: [...plan.read, 'LK_SEEDED'] })],
    ['a setting that nobody reads', (plan) => ({ ...plan, settings: { ...plan.settings, LK_SEEDED: 'x' } })],
  ],
}

describe('a violation', () => {
  test('of every policy is tried', () => {
    const tried = Object.keys(seeds)
    expect(Object.keys(every).filter((name) => !tried.some((start) => name.startsWith(start)))).toEqual([])
  })

  const cases = Object.entries(seeds).flatMap(([start, of]) => of.map(([what, seed]) => [start, what, seed] as const))
  test.each(cases)('of %s is refused: %s', (start, _what, seed) => {
    const found = Object.entries(every).filter(([name]) => name.startsWith(start))
    expect(found).toHaveLength(1)
    for (const [, policy] of found) expect(policy(seed(planOf('prod')))).not.toEqual([])
  })
})
