// What is left in memory of an unwrapped key, and versions that cannot sign yet.
import { describe, expect, it } from 'vitest'
import { pointOf } from '../ecdsa.ts'
import type { Ask } from './call.ts'
import { crc32c } from './crc32c.ts'
import { envelope, seals } from './kms.ts'

/** Answers as the client does; only what is asked for here. */
const asking = (client: object): Ask<never> =>
  ((work: (client: object, options: object) => unknown) => work(client, {})) as never

const secret = () => Uint8Array.from({ length: 138 }, (_, index) => index + 1)

describe('an unwrapped key', () => {
  const unwrap = (plaintext: Uint8Array, checksum: number) =>
    envelope(asking({ decrypt: async () => [{ plaintext, plaintextCrc32c: { value: checksum } }] }), 'key').unwrap(
      Uint8Array.of(1),
      'access-1',
    )

  it('I-82: lies in memory once: who overwrites what he was given overwrites what came over the wire', async () => {
    const wire = new Uint8Array(200).fill(7)
    wire.set(secret(), 30)
    const plain = await unwrap(wire.subarray(30, 168), crc32c(secret()))
    expect([...plain]).toEqual([...secret()])
    plain.fill(0)
    expect([...wire]).toEqual(Array.from({ length: 200 }, (_, at) => (at < 30 || at >= 168 ? 7 : 0)))
  })

  it('I-82: is overwritten also when it was damaged on its way and nobody is given it', async () => {
    const wire = secret()
    await expect(unwrap(wire, crc32c(wire) ^ 1)).rejects.toThrow('damaged')
    expect(wire.every((byte) => byte === 0)).toBe(true)
  })
})

describe('a version of the sealing key', () => {
  const versionThat = (states: readonly string[]) => {
    const asked: string[] = []
    const left = [...states]
    const client = {
      getCryptoKeyVersion: async () => [{ state: (left.length > 1 ? left.shift() : left[0]) ?? '' }],
      getPublicKey: async ({ name }: { name: string }) => {
        asked.push(name)
        const pem = `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`
        return [{ name, pem, pemCrc32c: { value: crc32c(Buffer.from(pem)) } }]
      },
    }
    return { asked, kms: seals(asking(client), 'seal') }
  }

  it.each([[['ENABLED']], [['PENDING_GENERATION', 'PENDING_GENERATION', 'ENABLED']]])(
    '%j: is used once it can sign',
    async (states) => {
      const { asked, kms } = versionThat(states)
      expect(await kms.publicPoint('v1')).toEqual(await pointOf(spki))
      expect(asked).toEqual(['v1'])
    },
  )

  it.each([[['PENDING_GENERATION']], [['GENERATION_FAILED']], [['DISABLED']]])(
    '%j: is left to the next run, and its key not asked for',
    async (states) => {
      const { asked, kms } = versionThat(states)
      await expect(kms.publicPoint('v1')).rejects.toMatchObject({ name: 'StoreError', fault: 'unavailable' })
      expect(asked).toEqual([])
    },
  )
})

const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
const spki = Buffer.from(await crypto.subtle.exportKey('spki', publicKey)).toString('base64')
