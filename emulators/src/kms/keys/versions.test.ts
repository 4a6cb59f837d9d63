/** The states of key versions through the official client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createKey,
  createSymmetricKey,
  DAY_MS,
  refusalOf,
  startWithClients,
  type TestEmulators,
} from '../../testing/official-clients.ts'

let running: TestEmulators
beforeAll(async () => {
  running = await startWithClients()
})
afterAll(() => running.stop())

const setState = (name: string, state: 'ENABLED' | 'DISABLED' | 'DESTROYED') =>
  running.kms.updateCryptoKeyVersion({ cryptoKeyVersion: { name, state }, updateMask: { paths: ['state'] } })

const msOf = (time: { seconds?: unknown } | null | undefined): number => Number(time?.seconds) * 1000

/** @returns a sealed text and the version that sealed it. */
async function sealed(id: string): Promise<{ key: string; version: string; ciphertext: Uint8Array }> {
  const key = await createSymmetricKey(running.kms, id)
  const [answer] = await running.kms.encrypt({ name: key, plaintext: Buffer.from('kept') })
  return { key, version: answer.name ?? '', ciphertext: Buffer.from(answer.ciphertext ?? '') }
}

describe('a disabled version', () => {
  it('neither encrypts nor decrypts, and does both again once enabled', async () => {
    const { key, version, ciphertext } = await sealed('disabled')
    await setState(version, 'DISABLED')
    const refusal = `FAILED_PRECONDITION: ${version} is not enabled, current state is: DISABLED.`
    expect(await refusalOf(running.kms.encrypt({ name: key, plaintext: Buffer.from('x') }))).toBe(refusal)
    expect(await refusalOf(running.kms.decrypt({ name: key, ciphertext }))).toBe(refusal)
    await setState(version, 'ENABLED')
    const [opened] = await running.kms.decrypt({ name: key, ciphertext })
    expect(String(opened.plaintext)).toBe('kept')
  })

  it('can be made so at once when it is created', async () => {
    const parent = await createSymmetricKey(running.kms, 'born-disabled')
    const [version] = await running.kms.createCryptoKeyVersion({ parent, cryptoKeyVersion: { state: 'DISABLED' } })
    expect(version).toMatchObject({ name: `${parent}/cryptoKeyVersions/2`, state: 'DISABLED' })
  })
})

describe('a version scheduled for destruction', () => {
  it('is to be destroyed after the time that its key sets, by the given clock', async () => {
    const key = await createKey(running.kms, 'week', {
      purpose: 'ENCRYPT_DECRYPT',
      destroyScheduledDuration: { seconds: 7 * 86_400 },
    })
    const [version] = await running.kms.destroyCryptoKeyVersion({ name: `${key}/cryptoKeyVersions/1` })
    expect(version.state).toBe('DESTROY_SCHEDULED')
    expect(msOf(version.destroyTime)).toBe(running.clock.nowMs + 7 * DAY_MS)
  })

  it('is kept for thirty days when its key sets no time', async () => {
    const { version } = await sealed('month')
    const [scheduled] = await running.kms.destroyCryptoKeyVersion({ name: version })
    expect(msOf(scheduled.destroyTime)).toBe(running.clock.nowMs + 30 * DAY_MS)
  })

  it('decrypts nothing, can be restored until the last moment, and is disabled then', async () => {
    const { key, version, ciphertext } = await sealed('restored')
    await running.kms.destroyCryptoKeyVersion({ name: version })
    running.clock.nowMs += 30 * DAY_MS - 1
    expect(await refusalOf(running.kms.decrypt({ name: key, ciphertext }))).toContain(': DESTROY_SCHEDULED.')
    const [restored] = await running.kms.restoreCryptoKeyVersion({ name: version })
    expect(restored).toMatchObject({ state: 'DISABLED', destroyTime: null })
    await setState(version, 'ENABLED')
    const [opened] = await running.kms.decrypt({ name: key, ciphertext })
    expect(String(opened.plaintext)).toBe('kept')
  })

  it('is destroyed for ever once the time has come', async () => {
    const { key, version, ciphertext } = await sealed('destroyed')
    const [{ destroyTime }] = await running.kms.destroyCryptoKeyVersion({ name: version })
    running.clock.nowMs += 30 * DAY_MS
    const [gone] = await running.kms.getCryptoKeyVersion({ name: version })
    expect(gone).toMatchObject({ state: 'DESTROYED', destroyTime: null, destroyEventTime: destroyTime })
    expect(await refusalOf(running.kms.decrypt({ name: key, ciphertext }))).toBe(
      `FAILED_PRECONDITION: ${version} is not enabled, current state is: DESTROYED.`,
    )
    expect(await refusalOf(running.kms.restoreCryptoKeyVersion({ name: version }))).toContain('FAILED_PRECONDITION: ')
    expect(await refusalOf(setState(version, 'ENABLED'))).toContain('FAILED_PRECONDITION: ')
    expect(await refusalOf(running.kms.destroyCryptoKeyVersion({ name: version }))).toContain('FAILED_PRECONDITION: ')
  })
})

describe('refusals', () => {
  it('restores only what is scheduled for destruction', async () => {
    const { version } = await sealed('not-scheduled')
    expect(await refusalOf(running.kms.restoreCryptoKeyVersion({ name: version }))).toBe(
      `FAILED_PRECONDITION: ${version} cannot be restored, current state is: ENABLED.`,
    )
  })

  it('does not let an update schedule or perform a destruction', async () => {
    const { version } = await sealed('no-shortcut')
    expect(await refusalOf(setState(version, 'DESTROYED'))).toContain('INVALID_ARGUMENT: ')
    const [untouched] = await running.kms.getCryptoKeyVersion({ name: version })
    expect(untouched.state).toBe('ENABLED')
  })

  it('knows no version that was never made', async () => {
    const { key } = await sealed('one-version')
    const name = `${key}/cryptoKeyVersions/2`
    expect(await refusalOf(running.kms.getCryptoKeyVersion({ name }))).toBe(
      `NOT_FOUND: CryptoKeyVersion ${name} not found.`,
    )
  })

  it.each(['0', '01', 'one', '-1'])('takes "%s" for no number of a version', async (number) => {
    const name = `${(await sealed(`number-${number}`)).key}/cryptoKeyVersions/${number}`
    expect(await refusalOf(running.kms.getCryptoKeyVersion({ name }))).toContain("INVALID_ARGUMENT: The field 'name'")
  })
})

it('lists versions by number, past nine and over several pages', async () => {
  const parent = await createSymmetricKey(running.kms, 'eleven')
  for (let count = 1; count < 11; count++) await running.kms.createCryptoKeyVersion({ parent })
  const [first, , answer] = await running.kms.listCryptoKeyVersions({ parent, pageSize: 10 }, { autoPaginate: false })
  const pageToken = answer.nextPageToken ?? ''
  const [second] = await running.kms.listCryptoKeyVersions({ parent, pageToken }, { autoPaginate: false })
  const numbers = [...first, ...second].map(({ name }) => Number(name?.split('/').at(-1)))
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  expect(second).toHaveLength(1)
})
