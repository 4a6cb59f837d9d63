/** Crypto keys through the official client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createKey,
  createSigningKey,
  createSymmetricKey,
  LOCATION,
  refusalOf,
  startWithClients,
  type TestEmulators,
} from '../../testing/official-clients.ts'

let running: TestEmulators
beforeAll(async () => {
  running = await startWithClients()
})
afterAll(() => running.stop())

describe('creating a crypto key', () => {
  it('gives a symmetric key an enabled first version, which is the primary', async () => {
    const name = await createSymmetricKey(running.kms, 'symmetric')
    const [key] = await running.kms.getCryptoKey({ name })
    expect(key).toMatchObject({ name, purpose: 'ENCRYPT_DECRYPT' })
    expect(key.primary).toMatchObject({ name: `${name}/cryptoKeyVersions/1`, state: 'ENABLED' })
    expect(key.versionTemplate?.algorithm).toBe('GOOGLE_SYMMETRIC_ENCRYPTION')
  })

  it('gives a signing key a first version and no primary', async () => {
    const name = await createSigningKey(running.kms, 'signing')
    const [[version]] = await running.kms.listCryptoKeyVersions({ parent: name })
    const [key] = await running.kms.getCryptoKey({ name })
    expect(key.primary).toBeNull()
    expect(version).toMatchObject({ state: 'ENABLED', algorithm: 'EC_SIGN_P256_SHA256' })
  })

  it('makes no version when the caller asks for none', async () => {
    await running.kms.createKeyRing({ parent: LOCATION, keyRingId: 'empty' })
    const [key] = await running.kms.createCryptoKey({
      parent: `${LOCATION}/keyRings/empty`,
      cryptoKeyId: 'empty',
      cryptoKey: { purpose: 'ENCRYPT_DECRYPT' },
      skipInitialVersionCreation: true,
    })
    const [versions] = await running.kms.listCryptoKeyVersions({ parent: key.name ?? '' })
    expect([key.primary, versions]).toEqual([null, []])
    const encrypting = running.kms.encrypt({ name: key.name ?? '', plaintext: Buffer.from('x') })
    expect(await refusalOf(encrypting)).toBe(`FAILED_PRECONDITION: CryptoKey ${key.name} has no primary version.`)
  })

  it('refuses to create a key twice', async () => {
    const name = await createSymmetricKey(running.kms, 'twice')
    const parent = `${LOCATION}/keyRings/twice`
    const cryptoKey = { purpose: 'ENCRYPT_DECRYPT' as const }
    const again = running.kms.createCryptoKey({ parent, cryptoKeyId: 'twice', cryptoKey })
    expect(await refusalOf(again)).toBe(`ALREADY_EXISTS: CryptoKey ${name} already exists.`)
  })

  it('refuses a key on a ring that does not exist', async () => {
    const parent = `${LOCATION}/keyRings/absent`
    const creating = running.kms.createCryptoKey({ parent, cryptoKeyId: 'a', cryptoKey: { purpose: 1 } })
    expect(await refusalOf(creating)).toBe(`NOT_FOUND: KeyRing ${parent} not found.`)
  })

  it.each([
    ['no purpose', {}, 'INVALID_ARGUMENT'],
    ['a purpose that is not emulated', { purpose: 'MAC' as const }, 'UNIMPLEMENTED'],
    ['a signing key without an algorithm', { purpose: 'ASYMMETRIC_SIGN' as const }, 'INVALID_ARGUMENT'],
    [
      'an algorithm of another purpose',
      { purpose: 'ENCRYPT_DECRYPT' as const, versionTemplate: { algorithm: 'EC_SIGN_P256_SHA256' as const } },
      'INVALID_ARGUMENT',
    ],
    [
      'a signing algorithm that is not emulated',
      { purpose: 'ASYMMETRIC_SIGN' as const, versionTemplate: { algorithm: 'RSA_SIGN_PSS_2048_SHA256' as const } },
      'UNIMPLEMENTED',
    ],
    [
      'a destruction sooner than a day',
      { purpose: 'ENCRYPT_DECRYPT' as const, destroyScheduledDuration: { seconds: 3600 } },
      'INVALID_ARGUMENT',
    ],
    [
      'a rotation period without a first date',
      { purpose: 'ENCRYPT_DECRYPT' as const, rotationPeriod: { seconds: 86_400 } },
      'INVALID_ARGUMENT',
    ],
    ['a malformed label', { purpose: 'ENCRYPT_DECRYPT' as const, labels: { Upper: 'x' } }, 'INVALID_ARGUMENT'],
  ])('refuses %s', async (what, cryptoKey, code) => {
    const creating = createKey(running.kms, what.replaceAll(' ', '-'), cryptoKey)
    expect(await refusalOf(creating)).toContain(`${code}: `)
  })
})

describe('updating a crypto key', () => {
  it('changes the labels that the mask names and nothing else', async () => {
    const name = await createKey(running.kms, 'labels', { purpose: 'ENCRYPT_DECRYPT', labels: { room: 'one' } })
    const [before] = await running.kms.getCryptoKey({ name })
    const [after] = await running.kms.updateCryptoKey({
      cryptoKey: { name, labels: { room: 'two' }, purpose: 'ASYMMETRIC_SIGN' },
      updateMask: { paths: ['labels'] },
    })
    expect(after).toEqual({ ...before, labels: { room: 'two' } })
  })

  it.each([[[]], [['purpose']]])('refuses the mask %j', async (paths) => {
    const name = await createSymmetricKey(running.kms, `mask-${paths.length}`)
    const updating = running.kms.updateCryptoKey({ cryptoKey: { name }, updateMask: { paths } })
    expect(await refusalOf(updating)).toContain('INVALID_ARGUMENT: The field ')
  })

  it('refuses a rotation schedule on a signing key and leaves the key as it was', async () => {
    const name = await createSigningKey(running.kms, 'no-rotation')
    const nextRotationTime = { seconds: 2_000_000_000 }
    const cryptoKey = { name, nextRotationTime, labels: { a: 'b' } }
    const updateMask = { paths: ['labels', 'next_rotation_time'] }
    expect(await refusalOf(running.kms.updateCryptoKey({ cryptoKey, updateMask }))).toContain('INVALID_ARGUMENT: ')
    const [key] = await running.kms.getCryptoKey({ name })
    expect(key).toMatchObject({ labels: {}, nextRotationTime: null })
  })
})

describe('the primary version', () => {
  it('is the one that was chosen last', async () => {
    const name = await createSymmetricKey(running.kms, 'primary')
    await running.kms.createCryptoKeyVersion({ parent: name })
    const [still] = await running.kms.getCryptoKey({ name })
    const [updated] = await running.kms.updateCryptoKeyPrimaryVersion({ name, cryptoKeyVersionId: '2' })
    expect(still.primary?.name).toBe(`${name}/cryptoKeyVersions/1`)
    expect(updated.primary?.name).toBe(`${name}/cryptoKeyVersions/2`)
  })

  it('cannot be a version that does not exist or is disabled, nor that of a signing key', async () => {
    const name = await createSymmetricKey(running.kms, 'no-primary')
    const disabled = { parent: name, cryptoKeyVersion: { state: 'DISABLED' as const } }
    await running.kms.createCryptoKeyVersion(disabled)
    const signing = await createSigningKey(running.kms, 'signing-primary')
    const choose = (key: string, cryptoKeyVersionId: string) =>
      refusalOf(running.kms.updateCryptoKeyPrimaryVersion({ name: key, cryptoKeyVersionId }))
    expect(await choose(name, '3')).toBe(`NOT_FOUND: CryptoKeyVersion ${name}/cryptoKeyVersions/3 not found.`)
    expect(await choose(name, '2')).toContain('FAILED_PRECONDITION: ')
    expect(await choose(name, 'two')).toContain('INVALID_ARGUMENT: ')
    expect(await choose(signing, '1')).toBe(
      `FAILED_PRECONDITION: Operation requested for Key ${signing} has incorrect key purpose: ASYMMETRIC_SIGN`,
    )
  })
})

it('lists the keys of one ring over several pages, each once and no other ring’s', async () => {
  await createSymmetricKey(running.kms, 'paged-other')
  await createSymmetricKey(running.kms, 'paged')
  const parent = `${LOCATION}/keyRings/paged`
  for (const cryptoKeyId of ['b', 'a']) {
    await running.kms.createCryptoKey({ parent, cryptoKeyId, cryptoKey: { purpose: 'ENCRYPT_DECRYPT' } })
  }
  const first = await running.kms.listCryptoKeys({ parent, pageSize: 2 }, { autoPaginate: false })
  const pageToken = first[2].nextPageToken ?? ''
  const second = await running.kms.listCryptoKeys({ parent, pageSize: 2, pageToken }, { autoPaginate: false })
  const ids = [first, second].map(([keys]) => keys.map(({ name }) => name?.split('/').at(-1)))
  expect(ids).toEqual([['a', 'b'], ['paged']])
  expect(second[2]).toMatchObject({ nextPageToken: '', totalSize: 3 })
})
