/** Every fault as the official clients see it, each beside a call that goes well. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startEmulators } from '../start.ts'
import {
  connect,
  createSigningKey,
  createSymmetricKey,
  LOCATION,
  NO_RETRY,
  PROJECT,
  refusalOf,
  startWithClients,
  type TestEmulators,
} from '../testing/official-clients.ts'
import { crc32c } from '../wire/crc32c.ts'

let running: TestEmulators
let key: string
let signer: string
const waits: number[] = []
beforeAll(async () => {
  running = await startWithClients({
    sleep: async (ms) => {
      waits.push(ms)
    },
  })
  key = await createSymmetricKey(running.kms, 'sealing')
  signer = `${await createSigningKey(running.kms, 'signing')}/cryptoKeyVersions/1`
})
afterAll(() => running.stop())
beforeEach(() => {
  waits.length = 0
  running.emulators.faults.clear()
})

const faults = () => running.emulators.faults
const encrypt = () => running.kms.encrypt({ name: key, plaintext: Buffer.from('x') }, NO_RETRY)
const sign = () => running.kms.asymmetricSign({ name: signer, data: Buffer.from('x') }, NO_RETRY)
const listSecrets = () => running.secrets.listSecrets({ parent: PROJECT }, NO_RETRY)
const createRing = (keyRingId: string) => running.kms.createKeyRing({ parent: LOCATION, keyRingId }, NO_RETRY)
const ringExists = async (id: string) => {
  const [rings] = await running.kms.listKeyRings({ parent: LOCATION })
  return rings.some(({ name }) => name === `${LOCATION}/keyRings/${id}`)
}

const UNAVAILABLE = 'UNAVAILABLE: The service is currently unavailable.'

describe('unavailable', () => {
  it('refuses every call of both services until it is cleared', async () => {
    faults().add({ kind: 'unavailable' })
    expect(await refusalOf(encrypt())).toBe(UNAVAILABLE)
    expect(await refusalOf(listSecrets())).toBe(UNAVAILABLE)
    expect(await refusalOf(encrypt())).toBe(UNAVAILABLE)
    faults().clear()
    await encrypt()
    await listSecrets()
  })

  it('refuses the named method and lets the others through', async () => {
    faults().add({ kind: 'unavailable', method: 'asymmetricSign' })
    expect(await refusalOf(sign())).toBe(UNAVAILABLE)
    await encrypt()
  })

  it('does nothing of what was asked', async () => {
    faults().add({ kind: 'unavailable', method: 'createKeyRing' })
    expect(await refusalOf(createRing('undone'))).toBe(UNAVAILABLE)
    expect(await ringExists('undone')).toBe(false)
  })

  it('is overcome by the clients’ own retries once it ends', async () => {
    faults().add({ kind: 'fail', code: 'UNAVAILABLE', method: 'getCryptoKey' })
    const [found] = await running.kms.getCryptoKey({ name: key })
    expect(found.name).toBe(key)
    expect(faults().calls()).toEqual({ getCryptoKey: 2 })
  })
})

describe('fail', () => {
  it('refuses the next call alone with the chosen code', async () => {
    faults().add({ kind: 'fail', code: 'RESOURCE_EXHAUSTED', method: 'encrypt' })
    expect(await refusalOf(encrypt())).toBe(
      'RESOURCE_EXHAUSTED: Injected fault: encrypt fails with RESOURCE_EXHAUSTED.',
    )
    await encrypt()
  })

  it('refuses the n-th call of its method, counted from when it was added, and no other', async () => {
    await encrypt()
    faults().add({ kind: 'fail', code: 'INTERNAL', call: 2, method: 'encrypt' })
    await encrypt()
    await sign()
    expect(await refusalOf(encrypt())).toContain('INTERNAL: ')
    await encrypt()
  })

  it('counts the calls of every method when it names none', async () => {
    faults().add({ kind: 'fail', code: 'ABORTED', call: 2 })
    await encrypt()
    expect(await refusalOf(listSecrets())).toContain('ABORTED: ')
    await listSecrets()
  })

  it('does nothing of what was asked', async () => {
    faults().add({ kind: 'fail', code: 'INTERNAL', method: 'createKeyRing' })
    expect(await refusalOf(createRing('failed'))).toContain('INTERNAL: ')
    expect(await ringExists('failed')).toBe(false)
  })
})

describe('loseAnswer', () => {
  it('does what was asked and tells the caller UNAVAILABLE, once', async () => {
    faults().add({ kind: 'loseAnswer', method: 'createKeyRing' })
    expect(await refusalOf(createRing('lost'))).toContain('UNAVAILABLE: The connection was lost')
    expect(await ringExists('lost')).toBe(true)
    const [answered] = await createRing('answered')
    expect(answered.name).toBe(`${LOCATION}/keyRings/answered`)
  })

  it('shows a client that repeats a creation by itself that it exists already', async () => {
    faults().add({ kind: 'loseAnswer', method: 'createKeyRing' })
    const creating = running.kms.createKeyRing({ parent: LOCATION, keyRingId: 'repeated' })
    expect(await refusalOf(creating)).toContain('ALREADY_EXISTS: ')
  })

  it('loses the n-th answer and no other', async () => {
    faults().add({ kind: 'loseAnswer', call: 2, method: 'encrypt' })
    await encrypt()
    expect(await refusalOf(encrypt())).toContain('UNAVAILABLE: ')
    await encrypt()
  })
})

describe('slow', () => {
  it('waits before every call of its method until it is cleared, and answers then', async () => {
    faults().add({ kind: 'slow', ms: 250, method: 'encrypt' })
    await encrypt()
    await sign()
    const [{ name }] = await encrypt()
    expect(name).toBe(`${key}/cryptoKeyVersions/1`)
    expect(waits).toEqual([250, 250])
    faults().clear()
    await encrypt()
    expect(waits).toHaveLength(2)
  })

  it('waits before a refusal too', async () => {
    faults().add({ kind: 'slow', ms: 5 })
    faults().add({ kind: 'unavailable' })
    expect(await refusalOf(encrypt())).toBe(UNAVAILABLE)
    expect(waits).toEqual([5])
  })

  it('does not hold up the end of the emulators', async () => {
    const emulators = await startEmulators()
    const { secrets } = connect(emulators.port)
    emulators.faults.add({ kind: 'slow', ms: 86_400_000 })
    const call = secrets.listSecrets({ parent: PROJECT }, NO_RETRY)
    await expect.poll(() => emulators.faults.calls()).toEqual({ listSecrets: 1 })
    await emulators.stop()
    expect((await call)[0]).toEqual([])
    await secrets.close()
  })

  it('waits in real time when nobody injects a timer', async () => {
    const real = await startWithClients()
    real.emulators.faults.add({ kind: 'slow', ms: 20 })
    const before = performance.now()
    await real.secrets.listSecrets({ parent: PROJECT }, NO_RETRY)
    expect(performance.now() - before).toBeGreaterThanOrEqual(19)
    await real.stop()
  })
})

describe('the record', () => {
  it('counts every call by its method, refused ones too', async () => {
    faults().add({ kind: 'fail', code: 'INTERNAL', method: 'encrypt' })
    await refusalOf(encrypt())
    await encrypt()
    await sign()
    expect(faults().calls()).toEqual({ encrypt: 2, asymmetricSign: 1 })
  })

  it('lists what is still armed', async () => {
    faults().add({ kind: 'slow', ms: 1 })
    faults().add({ kind: 'fail', code: 'INTERNAL', method: 'encrypt' })
    expect(faults().list()).toHaveLength(2)
    await refusalOf(encrypt())
    expect(faults().list()).toEqual([{ kind: 'slow', ms: 1 }])
  })

  it('refuses a method that does not exist, so that a typing error cannot pass for calm', () => {
    expect(() => faults().add({ kind: 'unavailable', method: 'asymetricSign' })).toThrow(
      "no emulated method 'asymetric",
    )
  })
})

describe('damage', () => {
  it('changes the bytes of one answer and leaves their checksum, so that whoever compares them knows', async () => {
    const [whole] = await encrypt()
    expect(String(whole.ciphertextCrc32c?.value)).toBe(crc32c(Buffer.from(whole.ciphertext ?? '')))
    faults().add({ kind: 'damage', method: 'encrypt' })
    const [damaged] = await encrypt()
    expect(String(damaged.ciphertextCrc32c?.value)).not.toBe(crc32c(Buffer.from(damaged.ciphertext ?? '')))
    const [again] = await encrypt()
    expect(String(again.ciphertextCrc32c?.value)).toBe(crc32c(Buffer.from(again.ciphertext ?? '')))
  })

  it('changes the text of a public key', async () => {
    const [whole] = await running.kms.getPublicKey({ name: signer })
    faults().add({ kind: 'damage', method: 'getPublicKey' })
    const [damaged] = await running.kms.getPublicKey({ name: signer })
    expect(damaged.pem).not.toBe(whole.pem)
    expect(damaged.pem).toHaveLength(whole.pem?.length ?? 0)
    expect(damaged.pemCrc32c).toEqual(whole.pemCrc32c)
  })
})
