// What lies in the database and in the logs: a private key only wrapped, and only by a key that never leaves KMS.
import { Firestore } from '@google-cloud/firestore'
import { minutes } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatePair, importPrivate } from '../../functions/src/platform/ecdsa.ts'
import { readRing, type StoredKey } from '../../functions/src/rooms/signing/ring/ring-document.ts'
import { rotateRing } from '../../functions/src/rooms/signing/ring/rotate-ring.ts'
import { dailyRotation, type Estate, type Instance, makeEstate } from './support/instances.ts'
import { claimsAt } from './support/tokens.ts'

let estate: Estate
let instance: Instance
let firestore: Firestore
beforeAll(async () => {
  estate = await makeEstate()
  instance = estate.instance({ policyOf: dailyRotation })
  firestore = new Firestore({ projectId: estate.projectId })
  const { app } = instance
  for (const purpose of ['access', 'id', 'seal'] as const)
    await rotateRing({ purpose, now: app.clock(), requestId: 'test' }, app.rings)
  const signed = await app.signing.sign('access', 'at+jwt', claimsAt(app.clock()))
  expect(signed.ok).toBe(true)
}, 60_000)
afterAll(async () => {
  await firestore.terminate()
  await estate.close()
})

const everything = async (): Promise<readonly string[]> => {
  const collections = await firestore.listCollections()
  const found = await Promise.all(collections.map((one) => one.get()))
  const nested = await Promise.all(
    found.flatMap(({ docs }) =>
      docs.map(async ({ ref }) => Promise.all((await ref.listCollections()).map((one) => one.get()))),
    ),
  )
  const audit = await firestore.collection('tenants/platform/audit').get()
  return [...found, ...nested.flat(), audit].flatMap(({ docs }) =>
    docs.map((one) => `${one.ref.path} ${JSON.stringify(one.data())}`),
  )
}
const keys = async (purpose: 'access' | 'id' | 'seal') => (await readRing(instance.app.store.read, purpose)).keys

/** `ECPrivateKey` (RFC 5915): version 1, then an octet string of 32 bytes; in PKCS #8 as well. */
const ecPrivateKey = Buffer.from('0201010420', 'hex')

/** Whether a text holds a private key of P-256: in base64 of any alphabet, in hex, as PEM or as a JWK. */
const holdsPrivateKey = (text: string): boolean => {
  if (/PRIVATE KEY|"d":\s*"[A-Za-z0-9_-]{43}"/.test(text)) return true
  const chunks = text.match(/[A-Za-z0-9+/_-]{40,}={0,2}/g) ?? []
  const encodings = ['base64url', 'base64', 'hex'] as const
  return chunks.some((chunk) => encodings.some((encoding) => Buffer.from(chunk, encoding).includes(ecPrivateKey)))
}

describe('at rest', () => {
  it('the scan finds a private key that is not wrapped, in any form', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', pair.privateKey))
    for (const form of ['base64', 'base64url', 'hex'] as const)
      expect(holdsPrivateKey(JSON.stringify({ key: pkcs8.toString(form) }))).toBe(true)
    expect(holdsPrivateKey(JSON.stringify(await crypto.subtle.exportKey('jwk', pair.privateKey)))).toBe(true)
  })

  it('I-82: no document and no log line holds a private key, although both rings sign', async () => {
    const documents = await everything()
    expect(documents.filter((text) => text.startsWith('signingKeys/'))).toHaveLength(3)
    expect(documents.length).toBeGreaterThan(20)
    for (const text of [...documents, ...instance.logs]) expect(holdsPrivateKey(text)).toBe(false)
    for (const key of await keys('seal')) expect(Object.keys(key.material ?? {})).toEqual(['version'])
  })

  it('I-82: what this process signs with cannot be taken out of it', async () => {
    const [key] = await keys('access')
    const opened = await importPrivate((await generatePair()).pkcs8)
    expect(opened.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('pkcs8', opened as CryptoKey)).rejects.toThrow()
    expect(key?.material).toEqual({ wrapped: expect.any(String) })
  })

  it('a wrapped key opens under its own name only: put in another’s place it signs nothing', async () => {
    const [active, standby] = await keys('access')
    const swapped = { ...active, material: standby?.material } as StoredKey
    const cold = estate.instance().app.rings.keepers.access
    await expect(cold.sign(swapped, Buffer.from('x'))).rejects.toThrow(/Decryption failed/)
    estate.time.now += 5_000 // a key that was refused is not asked for again at once
    await expect(cold.sign(active ?? swapped, Buffer.from('x'))).resolves.toHaveLength(64)
  })

  it('a ring that somebody has changed by hand signs and verifies nothing', async () => {
    const ref = firestore.doc('signingKeys/id')
    const whole = (await ref.get()).data() ?? {}
    const [first, ...rest] = whole['keys']
    const damaged = [
      { ...first, x: 'A'.repeat(43) },
      { ...first, kid: 'id-mine' },
      { ...first, state: 'golden' },
      'nonsense',
    ]
    for (const one of damaged) {
      await ref.set({ ...whole, keys: [one, ...rest] })
      const { signing } = estate.instance().app
      await expect(signing.findKey(first.kid)).rejects.toThrow('damaged')
      const exp = Math.floor(estate.time.now / 1000) + 60
      expect(await signing.sign('id', 'JWT', { exp })).toMatchObject({ ok: false, error: { code: 'unavailable' } })
    }
    await ref.set(whole)
    expect((await estate.instance().app.signing.findKey(first.kid))?.jwk.kid).toBe(first.kid)
  })

  it('nothing is left of a key’s private half once its retention is over', async () => {
    const [first] = await keys('access')
    for (let day = 0; day < 10; day++) {
      estate.time.now += 86_400_000
      await rotateRing({ purpose: 'access', now: instance.app.clock(), requestId: 'test' }, instance.app.rings)
      estate.time.now += minutes(30) * 1000
      await rotateRing({ purpose: 'access', now: instance.app.clock(), requestId: 'test' }, instance.app.rings)
    }
    const destroyed = (await keys('access')).find(({ kid }) => kid === first?.kid)
    expect(destroyed).toMatchObject({ state: 'destroyed', material: undefined })
    const wrapped = first?.material !== undefined && 'wrapped' in first.material ? first.material.wrapped : 'nothing'
    for (const text of await everything()) expect(text).not.toContain(wrapped)
  })
})
