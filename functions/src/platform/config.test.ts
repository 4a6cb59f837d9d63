// A real deployment never starts with a laptop's settings, nor a laptop with a real project's (CATALOGUE C-098, I-20).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Environment, readConfig } from './config.ts'

const real: Environment = {
  GCLOUD_PROJECT: 'latchkey-prod',
  LK_TRUSTED_HOPS: '1',
  K_SERVICE: 'tenants',
  LK_ISSUER: 'https://id.acme.example',
}
const local: Environment = {
  GCLOUD_PROJECT: 'demo-latchkey',
  FIRESTORE_EMULATOR_HOST: '127.0.0.1:8080',
  FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9099',
  FUNCTIONS_EMULATOR: 'true',
}
const goodSecret = 'q7Zr2mX9vK4tB8nW1sD6fG3hJ5kL0pYc'
const emulatorSettings = [
  ...['FIRESTORE_EMULATOR_HOST', 'FIREBASE_AUTH_EMULATOR_HOST', 'PUBSUB_EMULATOR_HOST', 'FUNCTIONS_EMULATOR'],
  ...['FIREBASE_EMULATOR_HUB', 'CLOUD_TASKS_EMULATOR_HOST', 'LK_CLOCK_FILE', 'LK_KMS_ENDPOINT', 'LK_INVOKER_TOKEN'],
  'LK_ANCHOR_FOLDER',
  'LK_WEBHOOK_ALLOW',
]

describe('a safe environment starts', () => {
  test('on a laptop, where webhooks may reach the receivers that are named, and nothing that is no host and port', () => {
    expect(readConfig({ ...local, LK_WEBHOOK_ALLOW: '127.0.0.1:9999, hooks.localhost:8080' }).webhookAllow).toEqual([
      '127.0.0.1:9999',
      'hooks.localhost:8080',
    ])
    for (const LK_WEBHOOK_ALLOW of ['*', '127.0.0.1', 'http://127.0.0.1:9999', '*:9999', '10.0.0.0/8'])
      expect(() => readConfig({ ...local, LK_WEBHOOK_ALLOW })).toThrow('LK_WEBHOOK_ALLOW must be')
  })

  test('in the cloud', () => {
    expect(
      readConfig({ ...real, LK_TRUSTED_HOPS: '2', LK_APP_ORIGINS: 'https://a.example, https://b.example,' }),
    ).toEqual({
      projectId: 'latchkey-prod',
      local: false,
      appOrigins: ['https://a.example', 'https://b.example'],
      issuer: 'https://id.acme.example',
      authzOrigin: 'https://id.acme.example',
      trustedHops: 2,
      callableHops: 1,
      invokerToken: undefined,
      functionName: undefined,
      serviceName: 'tenants',
      clockFile: undefined,
      kmsKeyRing: 'projects/latchkey-prod/locations/us-central1/keyRings/latchkey',
      apiAudience: 'https://id.acme.example/api',
      anchorBucket: 'latchkey-prod-audit-anchors',
      anchorFolder: undefined,
      scannerKeys: [],
      webhookAllow: [],
      kmsEndpoint: undefined,
    })
  })

  test('beside the emulators, which may set K_SERVICE', () => {
    const config = readConfig({ ...local, K_SERVICE: 'tenants', LK_INVOKER_TOKEN: goodSecret, LK_CLOCK_FILE: '/tmp/c' })
    expect(config).toMatchObject({ local: true, invokerToken: goodSecret, clockFile: '/tmp/c' })
  })

  test.each([
    'latchkey',
    'projects/p/locations/l',
    'projects/p/locations/l/keyRings/a/b',
    'projects/p/locations/l/keyRings/',
  ])('no project starts with the key ring %s', (LK_KMS_KEY_RING) => {
    expect(() => readConfig({ ...real, LK_KMS_KEY_RING })).toThrow('LK_KMS_KEY_RING')
    const ring = 'projects/p/locations/l/keyRings/main'
    expect(readConfig({ ...real, LK_KMS_KEY_RING: ring }).kmsKeyRing).toBe(ring)
  })

  test('with the project named in any of the three places', () => {
    const { GCLOUD_PROJECT: _project, ...rest } = real
    expect(readConfig({ ...rest, GOOGLE_CLOUD_PROJECT: 'p-1' }).projectId).toBe('p-1')
    expect(readConfig({ ...rest, FIREBASE_CONFIG: '{"projectId":"p-2","x":1}' }).projectId).toBe('p-2')
    expect(readConfig({ ...rest, GCLOUD_PROJECT: 'p-1', FIREBASE_CONFIG: '{"projectId":"p-2"}' }).projectId).toBe('p-1')
  })

  test.each([undefined, '', 'http://id.example.com', 'https://id.example.com/path'])(
    'a real project does not start with the issuer %s',
    (LK_ISSUER) => {
      expect(() => readConfig({ ...real, LK_ISSUER })).toThrow('LK_ISSUER')
    },
  )

  test('C-098 any emulator host is refused in a real project, also one that we do not use', () => {
    expect(() => readConfig({ ...real, FIREBASE_STORAGE_EMULATOR_HOST: '127.0.0.1:9199' })).toThrow(
      'FIREBASE_STORAGE_EMULATOR_HOST',
    )
  })

  test('when an emulator setting is there but empty', () => {
    expect(readConfig({ ...real, FIRESTORE_EMULATOR_HOST: '' }).local).toBe(false)
  })
})

describe('C-098 worlds are not mixed', () => {
  test.each(emulatorSettings)('a real project with %s does not start', (name) => {
    for (const environment of [
      { ...real, [name]: goodSecret },
      { GCLOUD_PROJECT: 'latchkey-prod', [name]: 'true' },
    ]) {
      expect(() => readConfig(environment)).toThrow(`Refusing to start: ${name} is set, but`)
    }
  })

  test('a real project does not start by saying that it is the functions emulator', () => {
    expect(() => readConfig({ ...real, FUNCTIONS_EMULATOR: 'true' })).toThrow('Refusing to start')
    expect(() => readConfig({ ...real, GCLOUD_PROJECT: 'prod-demo-latchkey', FUNCTIONS_EMULATOR: 'true' })).toThrow()
  })

  test('a demo- project without the store of the emulators does not start', () => {
    expect(() => readConfig({ GCLOUD_PROJECT: 'demo-latchkey' })).toThrow('needs FIRESTORE_EMULATOR_HOST')
    expect(() => readConfig({ ...local, FIRESTORE_EMULATOR_HOST: '' })).toThrow('needs FIRESTORE_EMULATOR_HOST')
  })

  test('a demo- project inside Cloud Run does not start', () => {
    const { FUNCTIONS_EMULATOR: _, ...rest } = local
    expect(() => readConfig({ ...rest, K_SERVICE: 'tenants' })).toThrow('inside Cloud Run')
    expect(readConfig(rest).local).toBe(true)
  })

  test('whatever is set, an environment that starts with an emulator setting is a demo- project', () => {
    // Mostly unset, so that environments without any emulator come up, too.
    const value = fc.constantFrom(undefined, undefined, undefined, '', '', 'true', '127.0.0.1:8080', goodSecret)
    const environment = fc.record(Object.fromEntries([...emulatorSettings, 'K_SERVICE'].map((name) => [name, value])))
    fc.assert(
      fc.property(environment, fc.constantFrom('latchkey-prod', 'demo-latchkey', 'demo', 'xdemo-y'), (set, project) => {
        let started = true
        try {
          readConfig({ ...real, ...set, GCLOUD_PROJECT: project })
        } catch {
          started = false
        }
        const emulated = emulatorSettings.some((name) => (set[name] ?? '') !== '')
        if (started && emulated) expect(project).toBe('demo-latchkey')
        if (!emulated) expect(started).toBe(!project.startsWith('demo-'))
      }),
      { numRuns: 500 },
    )
  })
})

test('I-06 a real project names its authz origin as https, or none', () => {
  const origin = 'https://authz.acme.example'
  expect(readConfig({ ...real, LK_AUTHZ_ORIGIN: origin }).authzOrigin).toBe(origin)
  for (const LK_AUTHZ_ORIGIN of ['', 'http://authz.acme.example', `${origin}/path`])
    expect(() => readConfig({ ...real, LK_AUTHZ_ORIGIN })).toThrow('LK_AUTHZ_ORIGIN')
})

describe('I-20 a secret that is no secret stops the start', () => {
  test.each([
    ['short', 'q7Zr2mX9vK4tB8nW'],
    ['one character short', goodSecret.slice(1)],
    ['the same character over and over', 'a'.repeat(40)],
    ['an example', 'changeme-changeme-changeme-changeme'],
    ['another example', 'Secret-0123456789-0123456789-0123'],
    ['a password', 'password-password-password-password'],
    ['the default', 'default-default-default-default-0'],
    ['a test value', 'test-0123456789-0123456789-012345'],
  ])('%s', (_, value) => {
    expect(() => readConfig({ ...local, LK_INVOKER_TOKEN: value })).toThrow(
      'LK_INVOKER_TOKEN is too short or an example',
    )
  })

  test('and is not shown in the refusal', () => {
    expect.assertions(1)
    try {
      readConfig({ ...local, LK_INVOKER_TOKEN: 'changeme-but-really-used-somewhere' })
    } catch (error) {
      expect(String(error)).not.toContain('really-used')
    }
  })

  test('while a random one starts', () => {
    expect(readConfig({ ...local, LK_INVOKER_TOKEN: goodSecret }).invokerToken).toBe(goodSecret)
  })
})

test.each(['-1', '6', '1.5', 'two', 'NaN', 'Infinity'])('%s trusted hops do not start', (hops) => {
  expect(() => readConfig({ ...real, LK_TRUSTED_HOPS: hops })).toThrow('LK_TRUSTED_HOPS')
})

test.each([{}, { GCLOUD_PROJECT: '' }, { FIREBASE_CONFIG: '{}' }])('no project does not start: %j', (environment) => {
  expect(() => readConfig(environment)).toThrow('No project')
})
