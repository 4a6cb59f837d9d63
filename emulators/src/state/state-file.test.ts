/** What outlives a restart, and what a failed write leaves behind. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startEmulators } from '../start.ts'
import {
  createSigningKey,
  createSymmetricKey,
  DAY_MS,
  PROJECT,
  refusalOf,
  startWithClients,
  type TestEmulators,
} from '../testing/official-clients.ts'

let root: string
let stateDir: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'latchkey-emulators-'))
  stateDir = join(root, 'state')
})
afterEach(() => rmSync(root, { recursive: true }))

/** One life of the emulators on the same folder. */
async function life<T>(body: (running: TestEmulators) => Promise<T>, options: { stateDir?: string } = { stateDir }) {
  const running = await startWithClients(options)
  try {
    return await body(running)
  } finally {
    await running.stop()
  }
}

const addSecret = async ({ secrets }: TestEmulators, secretId: string) => {
  const secret = { replication: { automatic: {} } }
  const [{ name }] = await secrets.createSecret({ parent: PROJECT, secretId, secret })
  const [version] = await secrets.addSecretVersion({ parent: name ?? '', payload: { data: Buffer.from('kept') } })
  return version
}

const stateFile = () => join(stateDir, 'emulators.json')

describe('a state folder', () => {
  it('carries keys over a restart: what was sealed opens, and the public key stays', async () => {
    const before = await life(async ({ kms }) => {
      const name = await createSymmetricKey(kms, 'sealing')
      const version = `${await createSigningKey(kms, 'signing')}/cryptoKeyVersions/1`
      const [{ ciphertext }] = await kms.encrypt({ name, plaintext: Buffer.from('kept') })
      return { name, version, ciphertext: ciphertext ?? '', publicKey: await kms.getPublicKey({ name: version }) }
    })
    await life(async ({ kms }) => {
      const [opened] = await kms.decrypt({ name: before.name, ciphertext: before.ciphertext })
      const [publicKey] = await kms.getPublicKey({ name: before.version })
      expect(String(opened.plaintext)).toBe('kept')
      expect(publicKey).toEqual(before.publicKey[0])
    })
  })

  it('carries secrets, their states and their etags over a restart', async () => {
    const before = await life(async (running) => {
      const { name } = await addSecret(running, 'one')
      await addSecret(running, 'two')
      return (await running.secrets.disableSecretVersion({ name: name ?? '' }))[0]
    })
    await life(async ({ secrets }) => {
      const [version] = await secrets.getSecretVersion({ name: before.name ?? '' })
      const [other] = await secrets.accessSecretVersion({ name: `${PROJECT}/secrets/two/versions/latest` })
      expect(version).toEqual(before)
      expect(String(other.payload?.data)).toBe('kept')
    })
  })

  it('holds every acknowledged change at once, without waiting for a clean end', async () => {
    await life(async (running) => {
      await addSecret(running, 'written')
      expect(readFileSync(stateFile(), 'utf8')).toContain(`${PROJECT}/secrets/written`)
    })
  })

  it('is readable by its owner alone, and holds nothing but the one file', async () => {
    await life((running) => addSecret(running, 'private'))
    expect(statSync(stateFile()).mode & 0o777).toBe(0o600)
    expect(statSync(stateDir).mode & 0o777).toBe(0o700)
    expect(readdirSync(stateDir)).toEqual(['emulators.json'])
  })

  it('no longer holds the material of a destroyed key nor a destroyed payload', async () => {
    const material = () => /"material":"[^"]+"|"payload":"[^"]+"/.test(readFileSync(stateFile(), 'utf8'))
    await life(async (running) => {
      const key = await createSymmetricKey(running.kms, 'gone')
      const { name } = await addSecret(running, 'gone')
      expect(material()).toBe(true)
      await running.secrets.destroySecretVersion({ name: name ?? '' })
      await running.kms.destroyCryptoKeyVersion({ name: `${key}/cryptoKeyVersions/1` })
      running.clock.nowMs += 30 * DAY_MS
      await running.kms.getCryptoKey({ name: key })
      expect(material()).toBe(false)
    })
  })

  it('is not changed by a change that cannot be written, nor is the memory', async () => {
    await life(async (running) => {
      await addSecret(running, 'written')
      const before = readFileSync(stateFile(), 'utf8')
      mkdirSync(`${stateFile()}.tmp`) // Where the next state would be written first.
      expect(await refusalOf(addSecret(running, 'lost'))).toContain('INTERNAL: The emulator failed: ')
      expect(readFileSync(stateFile(), 'utf8')).toBe(before)
      const [secrets] = await running.secrets.listSecrets({ parent: PROJECT })
      expect(secrets.map(({ name }) => name)).toEqual([`${PROJECT}/secrets/written`])
    })
  })
})

it.each(['', '{', '{"format":2}', 'null'])(
  'refuses to start on a file that holds %j, and leaves it alone',
  async (text) => {
    mkdirSync(stateDir)
    writeFileSync(stateFile(), text)
    await expect(startEmulators({ stateDir })).rejects.toThrow('is not a state file of these emulators')
    expect(readFileSync(stateFile(), 'utf8')).toBe(text)
  },
)

it('forgets everything at the end when there is no folder', async () => {
  await life((running) => addSecret(running, 'one'), {})
  await life(async ({ secrets }) => {
    const [found] = await secrets.listSecrets({ parent: PROJECT })
    expect(found).toEqual([])
  }, {})
})

it('keeps the mode of a file that was loosened from outside tight after the next change', async () => {
  await life((running) => addSecret(running, 'one'))
  chmodSync(stateFile(), 0o644)
  await life((running) => addSecret(running, 'two'))
  expect(statSync(stateFile()).mode & 0o777).toBe(0o600)
})
