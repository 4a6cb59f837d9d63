/** Signatures and public keys through the official client, verified by Node's own cryptography. */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createSigningKey,
  createSymmetricKey,
  refusalOf,
  startWithClients,
  type TestEmulators,
} from '../../testing/official-clients.ts'
import { crc32c } from '../../wire/crc32c.ts'

let running: TestEmulators
let version: string
beforeAll(async () => {
  running = await startWithClients()
  version = `${await createSigningKey(running.kms, 'signing')}/cryptoKeyVersions/1`
})
afterAll(() => running.stop())

const message = Buffer.from('header.payload')
const sha256 = createHash('sha256').update(message).digest()
const checksum = (bytes: Uint8Array | string | null | undefined) => ({ value: crc32c(Buffer.from(bytes ?? '')) })

const sign = (name = version) =>
  running.kms.asymmetricSign({ name, digest: { sha256 }, digestCrc32c: checksum(sha256) })

async function isSignedBy(name: string, signature: Uint8Array | string | null | undefined, signed = message) {
  const [{ pem }] = await running.kms.getPublicKey({ name })
  return verify('sha256', signed, createPublicKey(pem ?? ''), Buffer.from(signature ?? ''))
}

describe('a signature', () => {
  it('over a digest verifies with the public key as DER, and not for another message', async () => {
    const [{ signature }] = await sign()
    expect(await isSignedBy(version, signature)).toBe(true)
    expect(await isSignedBy(version, signature, Buffer.from('forged'))).toBe(false)
  })

  it('over data is the signature over its SHA-256', async () => {
    const [answer] = await running.kms.asymmetricSign({ name: version, data: message, dataCrc32c: checksum(message) })
    expect(await isSignedBy(version, answer.signature)).toBe(true)
    expect(answer).toMatchObject({ verifiedDataCrc32c: true, verifiedDigestCrc32c: false })
  })

  it('does not verify with the public key of another version', async () => {
    const [other] = await running.kms.createCryptoKeyVersion({ parent: version.replace(/\/cryptoKeyVersions.*/, '') })
    const [{ signature }] = await sign(other.name ?? '')
    expect(await isSignedBy(other.name ?? '', signature)).toBe(true)
    expect(await isSignedBy(version, signature)).toBe(false)
  })

  it('comes with the version’s name, a checksum of its own, and the confirmation of the one that was sent', async () => {
    const [answer] = await sign()
    expect(answer).toMatchObject({
      name: version,
      verifiedDigestCrc32c: true,
      signatureCrc32c: checksum(answer.signature),
      protectionLevel: 'SOFTWARE',
    })
  })

  it('confirms no checksum when none was sent', async () => {
    const [answer] = await running.kms.asymmetricSign({ name: version, digest: { sha256 } })
    expect(answer.verifiedDigestCrc32c).toBe(false)
  })
})

describe('refusals to sign', () => {
  it('refuses a digest whose checksum is wrong', async () => {
    const signing = running.kms.asymmetricSign({ name: version, digest: { sha256 }, digestCrc32c: checksum('other') })
    expect(await refusalOf(signing)).toBe(
      'INVALID_ARGUMENT: The checksum in field digest_crc32c did not match the data in field digest.',
    )
  })

  it.each([
    ['a digest of another length', { digest: { sha256: sha256.subarray(1) } }],
    ['a digest of another hash', { digest: { sha384: Buffer.alloc(48) } }],
    ['neither digest nor data', {}],
    ['both digest and data', { digest: { sha256 }, data: message }],
    ['a checksum of a digest that is not there', { data: message, digestCrc32c: checksum(sha256) }],
  ])('refuses %s', async (_name, input) => {
    const signing = running.kms.asymmetricSign({ name: version, ...input })
    expect(await refusalOf(signing)).toContain('INVALID_ARGUMENT: ')
  })

  it('refuses a disabled version, for its public key too', async () => {
    const name = `${await createSigningKey(running.kms, 'disabled')}/cryptoKeyVersions/1`
    const cryptoKeyVersion = { name, state: 'DISABLED' as const }
    await running.kms.updateCryptoKeyVersion({ cryptoKeyVersion, updateMask: { paths: ['state'] } })
    const refusal = `FAILED_PRECONDITION: ${name} is not enabled, current state is: DISABLED.`
    expect(await refusalOf(sign(name))).toBe(refusal)
    expect(await refusalOf(running.kms.getPublicKey({ name }))).toBe(refusal)
  })

  it('refuses a symmetric key, for a public key too', async () => {
    const name = `${await createSymmetricKey(running.kms, 'symmetric')}/cryptoKeyVersions/1`
    const refusal = `FAILED_PRECONDITION: Operation requested for Key ${name} has incorrect key purpose: ENCRYPT_DECRYPT`
    expect(await refusalOf(sign(name))).toBe(refusal)
    expect(await refusalOf(running.kms.getPublicKey({ name }))).toBe(refusal)
  })
})

describe('a public key', () => {
  it('is a P-256 key in PEM with its name, its algorithm and a checksum', async () => {
    const [key] = await running.kms.getPublicKey({ name: version })
    expect(createPublicKey(key.pem ?? '').asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
    expect(key).toMatchObject({ name: version, algorithm: 'EC_SIGN_P256_SHA256', pemCrc32c: checksum(key.pem) })
  })

  it('stays the same from call to call', async () => {
    const [one] = await running.kms.getPublicKey({ name: version })
    const [two] = await running.kms.getPublicKey({ name: version })
    expect(one).toEqual(two)
  })

  it('is refused in a format that is not emulated', async () => {
    const asking = running.kms.getPublicKey({ name: version, publicKeyFormat: 'DER' })
    expect(await refusalOf(asking)).toContain('UNIMPLEMENTED: The public key format DER is not emulated.')
  })
})
