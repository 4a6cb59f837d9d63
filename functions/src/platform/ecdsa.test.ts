// Signatures of three makers, one form: r‖s, whoever signed; and nothing that is not exactly a signature passes for one.
import { createSign, createVerify, generateKeyPairSync, sign, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkSignature, generatePair, importPrivate, pointOf, rawSignature, signBytes, thumbprint } from './ecdsa.ts'

const text = 'header.payload'
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

describe('what KMS signs', () => {
  it('is r‖s after the change of form, for numbers of every length', () => {
    const { privateKey, publicKey } = pair()
    const lengths = new Set<number>()
    for (let count = 0; count < 2000; count++) {
      const data = Buffer.from(`${text} ${count}`)
      const der = sign('sha256', data, { key: privateKey, dsaEncoding: 'der' })
      lengths.add(der.length)
      const raw = rawSignature(der)
      expect(raw).toHaveLength(64)
      expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, raw ?? der)).toBe(true)
    }
    // Both numbers, one and none with a sign byte.
    expect([...lengths]).toEqual(expect.arrayContaining([70, 71, 72]))
  })

  it('is refused when it is anything else', () => {
    const { privateKey } = pair()
    const der = sign('sha256', Buffer.from(text), privateKey)
    const changed = (at: number, to: number) => Uint8Array.from(der, (byte, index) => (index === at ? to : byte))
    const nothing = Uint8Array.of(0x30, 4, 2, 0, 2, 0)
    const negative = Uint8Array.of(0x30, 6, 2, 1, 0x80, 2, 1, 1)
    const padded = Uint8Array.of(0x30, 7, 2, 2, 0, 1, 2, 1, 1)
    const long = Uint8Array.of(0x30, 38, 2, 33, ...Array(33).fill(1), 2, 1, 1)
    const bad = [
      ...[new Uint8Array(), der.subarray(1), der.subarray(0, -1), Buffer.concat([der, Buffer.of(0)])],
      ...[changed(0, 0x31), changed(1, 0x81), changed(2, 0x03), changed(3, 0xff), nothing, negative, padded, long],
    ]
    for (const one of bad) expect(rawSignature(one)).toBeUndefined()
    expect(rawSignature(Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 2))).toEqual(
      Uint8Array.of(...Array(31).fill(0), 1, ...Array(31).fill(0), 2),
    )
  })
})

describe('what this process signs', () => {
  it('is verified by anybody with the public half, and the private half stays where it is', async () => {
    const { point, pkcs8 } = await generatePair()
    const key = await importPrivate(pkcs8)
    expect(key.extractable).toBe(false)
    const signature = await signBytes(key, Buffer.from(text))
    expect(await checkSignature(point, signature, text)).toBe(true)
    expect(await checkSignature(point, signature, `${text}.`)).toBe(false)
    expect(await checkSignature((await generatePair()).point, signature, text)).toBe(false)
    expect(await checkSignature({ x: 'A'.repeat(43), y: 'A'.repeat(43) }, signature, text)).toBe(false)
    expect(await checkSignature(point, new Uint8Array(64), text)).toBe(false)
    expect(await checkSignature(point, signature.subarray(1), text)).toBe(false)
  })

  it('a public key out of KMS is the same point', async () => {
    const { publicKey, privateKey } = pair()
    const point = await pointOf(publicKey.export({ type: 'spki', format: 'pem' }).toString())
    const { x, y } = publicKey.export({ format: 'jwk' })
    expect(point).toEqual({ x, y })
    const der = createSign('sha256').update(text).sign(privateKey)
    expect(createVerify('sha256').update(text).verify(publicKey, der)).toBe(true)
    expect(await checkSignature(point, rawSignature(der) ?? der, text)).toBe(true)
  })

  it('a key is named by its thumbprint as RFC 7638 has it', () => {
    // Computed with another implementation, over the members of an EC key in their order.
    expect(
      thumbprint({
        x: 'WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis',
        y: 'y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE',
      }),
    ).toBe('qT5yKRo0isoECLGe0-hJJux4iMROawVfs8LFcQ2Aveo')
  })
})
