/** Automatic rotation through the official client and a clock that the test sets. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  createKey,
  createSymmetricKey,
  DAY_MS,
  startWithClients,
  type TestEmulators,
} from '../testing/official-clients.ts'

let running: TestEmulators
beforeAll(async () => {
  running = await startWithClients()
})
afterAll(() => running.stop())

const seconds = (ms: number) => ({ seconds: ms / 1000 })

async function createRotatingKey(id: string): Promise<string> {
  return createKey(running.kms, id, {
    purpose: 'ENCRYPT_DECRYPT',
    rotationPeriod: seconds(30 * DAY_MS),
    nextRotationTime: seconds(running.clock.nowMs + DAY_MS),
  })
}

async function primaryOf(name: string): Promise<{ number: string | undefined; nextAtMs: number }> {
  const [key] = await running.kms.getCryptoKey({ name })
  return { number: key.primary?.name?.split('/').at(-1), nextAtMs: Number(key.nextRotationTime?.seconds) * 1000 }
}

it('makes a new primary at the date of the rotation, not before, and sets the next date', async () => {
  const name = await createRotatingKey('rotating')
  const startedAtMs = running.clock.nowMs
  running.clock.nowMs = startedAtMs + DAY_MS - 1
  expect((await primaryOf(name)).number).toBe('1')
  running.clock.nowMs = startedAtMs + DAY_MS
  expect(await primaryOf(name)).toEqual({ number: '2', nextAtMs: startedAtMs + 31 * DAY_MS })
})

it('rotates once for all the dates that passed while nobody asked, and keeps the rhythm', async () => {
  const name = await createRotatingKey('asleep')
  const startedAtMs = running.clock.nowMs
  running.clock.nowMs = startedAtMs + 65 * DAY_MS
  expect(await primaryOf(name)).toEqual({ number: '2', nextAtMs: startedAtMs + 91 * DAY_MS })
})

it('opens what was sealed before a rotation, and says that the primary did not seal it', async () => {
  const name = await createRotatingKey('reader')
  const [{ ciphertext }] = await running.kms.encrypt({ name, plaintext: Buffer.from('before') })
  running.clock.nowMs += DAY_MS
  const [opened] = await running.kms.decrypt({ name, ciphertext: ciphertext ?? '' })
  expect([String(opened.plaintext), opened.usedPrimary]).toEqual(['before', false])
})

it('never rotates a key without a schedule', async () => {
  const name = await createSymmetricKey(running.kms, 'steady')
  running.clock.nowMs += 1000 * DAY_MS
  expect((await primaryOf(name)).number).toBe('1')
})
