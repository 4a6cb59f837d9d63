/** Encryption and decryption through the official client. */
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
let key: string
beforeAll(async () => {
  running = await startWithClients()
  key = await createSymmetricKey(running.kms, 'sealing')
})
afterAll(() => running.stop())

const plaintext = Buffer.from('a private key')
const aad = Buffer.from('kid-1')
const checksum = (bytes: Uint8Array | string | null | undefined) => ({ value: crc32c(Buffer.from(bytes ?? '')) })

async function seal(name = key): Promise<Buffer> {
  const [{ ciphertext }] = await running.kms.encrypt({ name, plaintext, additionalAuthenticatedData: aad })
  return Buffer.from(ciphertext ?? '')
}

const open = (ciphertext: Buffer, additionalAuthenticatedData = aad, name = key) =>
  running.kms.decrypt({ name, ciphertext, additionalAuthenticatedData })

const UNDECIPHERABLE = "INVALID_ARGUMENT: Decryption failed: verify that 'name' refers to the correct CryptoKey."

describe('a round trip', () => {
  it('gives back the plaintext to the same additional data, and says that the primary sealed it', async () => {
    const [opened] = await open(await seal())
    expect(opened.plaintext).toEqual(plaintext)
    expect(opened.usedPrimary).toBe(true)
  })

  it('never gives the same ciphertext twice, nor one that shows the plaintext', async () => {
    const [one, two] = [await seal(), await seal()]
    expect(one.equals(two)).toBe(false)
    expect(one.includes(plaintext)).toBe(false)
  })

  it('works with an empty plaintext and with none of the optional fields', async () => {
    const [{ ciphertext }] = await running.kms.encrypt({ name: key })
    const [opened] = await running.kms.decrypt({ name: key, ciphertext: ciphertext ?? '' })
    expect(opened.plaintext).toEqual(Buffer.alloc(0))
  })

  it.each([
    ['other additional data', Buffer.from('kid-2')],
    ['no additional data', Buffer.alloc(0)],
  ])('fails with %s', async (_name, other) => {
    expect(await refusalOf(open(await seal(), other))).toBe(UNDECIPHERABLE)
  })

  it('fails with another key, also one that has a version of the same number', async () => {
    const other = await createSymmetricKey(running.kms, 'other')
    expect(await refusalOf(open(await seal(), aad, other))).toBe(UNDECIPHERABLE)
  })

  it('says nothing about the versions of a key that did not make the ciphertext', async () => {
    const other = await createSymmetricKey(running.kms, 'other-disabled')
    const cryptoKeyVersion = { name: `${other}/cryptoKeyVersions/1`, state: 'DISABLED' as const }
    await running.kms.updateCryptoKeyVersion({ cryptoKeyVersion, updateMask: { paths: ['state'] } })
    expect(await refusalOf(open(await seal(), aad, other))).toBe(UNDECIPHERABLE)
  })

  it('fails when any one byte was changed', async () => {
    const ciphertext = await seal()
    for (const at of ciphertext.keys()) {
      const changed = Buffer.from(ciphertext)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      expect(await refusalOf(open(changed))).toBe(UNDECIPHERABLE)
    }
  })

  it('fails with a ciphertext that was cut short', async () => {
    const ciphertext = await seal()
    for (const length of [0, 1, 20, ciphertext.length - 1]) {
      expect(await refusalOf(open(ciphertext.subarray(0, length)))).toBe(UNDECIPHERABLE)
    }
  })
})

describe('versions', () => {
  it('encrypts with the primary, and decrypts what older ones sealed', async () => {
    const name = await createSymmetricKey(running.kms, 'rotated')
    const old = await seal(name)
    await running.kms.createCryptoKeyVersion({ parent: name })
    await running.kms.updateCryptoKeyPrimaryVersion({ name, cryptoKeyVersionId: '2' })
    const [fresh] = await running.kms.encrypt({ name, plaintext })
    const [opened] = await open(old, aad, name)
    expect(fresh.name).toBe(`${name}/cryptoKeyVersions/2`)
    expect([String(opened.plaintext), opened.usedPrimary]).toEqual([String(plaintext), false])
  })

  it('encrypts with the version that is named instead of the primary', async () => {
    const [version] = await running.kms.createCryptoKeyVersion({ parent: key })
    const [sealed] = await running.kms.encrypt({ name: version.name ?? '', plaintext })
    const [opened] = await running.kms.decrypt({ name: key, ciphertext: sealed.ciphertext ?? '' })
    expect([sealed.name, opened.usedPrimary]).toEqual([version.name, false])
  })
})

describe('checksums', () => {
  it('confirms the ones that were sent and returns one of the ciphertext', async () => {
    const [sealed] = await running.kms.encrypt({
      name: key,
      plaintext,
      plaintextCrc32c: checksum(plaintext),
      additionalAuthenticatedData: aad,
      additionalAuthenticatedDataCrc32c: checksum(aad),
    })
    expect(sealed).toMatchObject({
      verifiedPlaintextCrc32c: true,
      verifiedAdditionalAuthenticatedDataCrc32c: true,
      ciphertextCrc32c: checksum(sealed.ciphertext),
    })
  })

  it('confirms nothing that was not sent', async () => {
    const [sealed] = await running.kms.encrypt({ name: key, plaintext })
    expect(sealed).toMatchObject({
      verifiedPlaintextCrc32c: false,
      verifiedAdditionalAuthenticatedDataCrc32c: false,
    })
  })

  it('returns one of the decrypted plaintext', async () => {
    const ciphertext = await seal()
    const [opened] = await running.kms.decrypt({
      name: key,
      ciphertext,
      ciphertextCrc32c: checksum(ciphertext),
      additionalAuthenticatedData: aad,
      additionalAuthenticatedDataCrc32c: checksum(aad),
    })
    expect(opened.plaintextCrc32c).toEqual(checksum(plaintext))
  })

  it.each(['plaintext', 'additionalAuthenticatedData'])(
    'refuses to encrypt when that of %s is wrong',
    async (field) => {
      const wrong = { [`${field}Crc32c`]: checksum('something else') }
      const request = { name: key, plaintext, additionalAuthenticatedData: aad, ...wrong }
      expect(await refusalOf(running.kms.encrypt(request))).toMatch(
        /^INVALID_ARGUMENT: The checksum in field \w+_crc32c did/,
      )
    },
  )

  it.each(['ciphertext', 'additionalAuthenticatedData'])(
    'refuses to decrypt when that of %s is wrong',
    async (field) => {
      const wrong = { [`${field}Crc32c`]: checksum('something else') }
      const request = { name: key, ciphertext: await seal(), additionalAuthenticatedData: aad, ...wrong }
      expect(await refusalOf(running.kms.decrypt(request))).toMatch(
        /^INVALID_ARGUMENT: The checksum in field \w+_crc32c did/,
      )
    },
  )
})

describe('limits and purposes', () => {
  it('takes a plaintext and additional data of 64 KiB and not one byte more', async () => {
    const most = Buffer.alloc(65_536)
    const more = Buffer.alloc(65_537)
    const [sealed] = await running.kms.encrypt({ name: key, plaintext: most, additionalAuthenticatedData: most })
    expect(sealed.name).toBe(`${key}/cryptoKeyVersions/1`)
    expect(await refusalOf(running.kms.encrypt({ name: key, plaintext: more }))).toContain('64KiB')
    const tooMuchData = { name: key, plaintext, additionalAuthenticatedData: more }
    expect(await refusalOf(running.kms.encrypt(tooMuchData))).toContain('64KiB')
  })

  it('refuses a signing key', async () => {
    const name = await createSigningKey(running.kms, 'wrong-purpose')
    const refusal = `FAILED_PRECONDITION: Operation requested for Key ${name} has incorrect key purpose: ASYMMETRIC_SIGN`
    expect(await refusalOf(running.kms.encrypt({ name, plaintext }))).toBe(refusal)
    expect(await refusalOf(running.kms.decrypt({ name, ciphertext: await seal() }))).toBe(refusal)
  })

  it('refuses a key that does not exist', async () => {
    const name = key.replace(/sealing$/, 'absent')
    expect(await refusalOf(running.kms.encrypt({ name, plaintext }))).toBe(`NOT_FOUND: CryptoKey ${name} not found.`)
  })
})
