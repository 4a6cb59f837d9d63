// Signatures by Node's own crypto where it is there, by WebCrypto elsewhere; each public key is imported once.
import { es256Checker, es256CheckerAtOnce, type NodeVerifier } from '@latchkey/core/tokens/check-es256'
import { nodeModule } from '../node-module.ts'

const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

/** Of Node itself: others that name its modules need not do all that those do. */
const hostCrypto =
  'Deno' in globalThis || 'Bun' in globalThis ? undefined : nodeModule<NodeVerifier<unknown>>('node:crypto')

export interface RsaKey {
  readonly n: string
  readonly e: string
}

/** ES256: `r‖s` over P-256 (RFC 7518 §3.4). */
export const checkEs256 = hostCrypto === undefined ? es256Checker(crypto.subtle) : es256CheckerAtOnce(hostCrypto)

const imported = new WeakMap<RsaKey, Promise<CryptoKey | undefined>>()

/** RS256 (RFC 7518 §3.3). A key that cannot be imported verifies nothing. */
export const checkRs256 = async (jwk: RsaKey, signature: Uint8Array, signed: string): Promise<boolean> => {
  const load = imported.get(jwk) ?? importRsa(jwk)
  imported.set(jwk, load)
  const key = await load
  return (
    key !== undefined && crypto.subtle.verify(rsa, key, Uint8Array.from(signature), new TextEncoder().encode(signed))
  )
}

const importRsa = ({ n, e }: RsaKey): Promise<CryptoKey | undefined> =>
  crypto.subtle.importKey('jwk', { kty: 'RSA', n, e, alg: 'RS256' }, rsa, false, ['verify']).catch(() => undefined)
