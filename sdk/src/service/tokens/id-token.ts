// Firebase ID tokens: RS256 by Google's published keys, for one project; unsigned ones beside the emulator only, and only when told so.
import { decodeBase64url } from '@latchkey/core/catalogue/base64url'
import { isUserId, type UserId } from '@latchkey/core/kernel/ids'
import { parseStrictJson } from '@latchkey/core/kernel/strict-json'
import * as z from 'zod'
import type { KeyRing } from './key-ring.ts'
import { checkRs256, type RsaKey } from './signatures.ts'

export const googleKeys = 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com'

/** Firebase's own claims and a few of the project's; more is no sign-in. */
const maxLength = 8_192
const skewSeconds = 60

const rsaJwk = z.object({ kid: z.string().min(1).max(200), kty: z.literal('RSA'), n: z.string(), e: z.string() })
const rsaSet = z.object({ keys: z.array(rsaJwk).max(20) })

export const readGoogleKeys = (set: unknown): ReadonlyMap<string, RsaKey> | undefined => {
  const parsed = rsaSet.safeParse(set)
  if (!parsed.success) return undefined
  const keys = new Map(parsed.data.keys.map(({ kid, n, e }) => [kid, { n, e }]))
  return keys.size === parsed.data.keys.length && keys.size > 0 ? keys : undefined
}

const seconds = z.int().min(1_000_000_000).max(100_000_000_000)
const claims = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  iat: seconds,
  exp: seconds,
  auth_time: seconds,
})

export interface SignIn {
  readonly uid: UserId
  readonly authTimeSeconds: number
  readonly expiresAt: number
  /** Undefined for the emulator's, which nobody signed. */
  readonly kid: string | undefined
}

export interface IdTokenExpectation {
  readonly project: string
  readonly keys: KeyRing<RsaKey>
  /** Set beside the emulator: its tokens carry no signature. */
  readonly unsigned: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Undefined for anything but a live token of this project; rejects when the keys cannot be known. */
export const verifyIdToken = async (text: string, expected: IdTokenExpectation): Promise<SignIn | undefined> => {
  const [head = '', payload = '', tail = '', ...rest] = text.length > maxLength ? [] : text.split('.')
  const header = objectIn(head)
  const said = claims.safeParse(objectIn(payload))
  if (rest.length > 0 || header === undefined || !said.success || !isLive(said.data, expected)) return undefined
  const { sub, auth_time, exp } = said.data
  if (!isUserId(sub)) return undefined
  const signIn = { uid: sub, authTimeSeconds: auth_time, expiresAt: exp * 1000 }
  const { alg, kid } = header
  if (expected.unsigned) return alg === 'none' && tail === '' ? { ...signIn, kid: undefined } : undefined
  // The algorithm is pinned: the header decides nothing but which of Google's keys.
  if (alg !== 'RS256' || typeof kid !== 'string' || 'crit' in header) return undefined
  const key = await expected.keys.find(kid)
  const signature = decodeBase64url(tail)
  if (key === undefined || signature === undefined) return undefined
  return (await checkRs256(key, signature, `${head}.${payload}`)) ? { ...signIn, kid } : undefined
}

const isLive = (said: z.output<typeof claims>, { project, now }: IdTokenExpectation): boolean => {
  const latest = now / 1000 + skewSeconds
  return (
    said.iss === `https://securetoken.google.com/${project}` &&
    said.aud === project &&
    now < said.exp * 1000 &&
    said.iat <= latest &&
    said.auth_time <= latest
  )
}

const objectIn = (part: string): Readonly<Record<string, unknown>> | undefined => {
  const bytes = decodeBase64url(part)
  if (bytes === undefined) return undefined
  try {
    const json = parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    const isObject = json.ok && typeof json.value === 'object' && json.value !== null && !Array.isArray(json.value)
    return isObject ? (json.value as Readonly<Record<string, unknown>>) : undefined // an object, as just seen
  } catch {
    return undefined
  }
}
