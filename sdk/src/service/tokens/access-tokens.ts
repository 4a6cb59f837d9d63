// Access tokens: signature and claims are checked here, once a token; the key that it came from must still count.
import type { Described } from '@latchkey/core/credentials/described'
import { instantOf } from '@latchkey/core/kernel/time'
import type { AccessTokenClaims } from '@latchkey/core/tokens/access-token'
import { narrowedKey } from '@latchkey/core/tokens/narrowed-key'
import { jwkSet, type VerificationKey } from '@latchkey/core/tokens/verification-key'
import { verifyAccessToken } from '@latchkey/core/tokens/verify-access-token'
import { LRUCache } from 'lru-cache'
import { momentOf } from '../clocks.ts'
import type { Fact, Wanted } from '../facts/fact-store.ts'
import type { FactSource } from '../facts/facts-of.ts'
import { wantedRoot } from '../facts/wanted.ts'
import { refused } from '../refused.ts'
import type { Authenticated, Standing } from '../standing.ts'
import type { Leasing } from '../usage/rates.ts'
import { fromDescription } from './api-keys.ts'
import type { KeyRing } from './key-ring.ts'
import { metCredentials } from './met-credentials.ts'
import { checkEs256 } from './signatures.ts'

/** Each is two to three kilobytes; one that does not fit is checked again when it comes. */
const maxTokens = 10_000
/** A token that was refused is not checked again for so long; its end is what may change. */
const refusalMilliseconds = 2_000

export const readIssuerKeys = (set: unknown): ReadonlyMap<string, VerificationKey> | undefined => {
  const parsed = jwkSet.safeParse(set)
  if (!parsed.success) return undefined
  const keys = new Map(parsed.data.keys.map((jwk) => [jwk.kid, { jwk, notAfter: undefined }]))
  // Two keys of one name: whoever made this set, it was not the issuer.
  return keys.size === parsed.data.keys.length && keys.size > 0 ? keys : undefined
}

export interface AccessTokens {
  readonly source: FactSource
  readonly keys: KeyRing<VerificationKey>
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly leasing: Leasing | undefined
}

interface Verified {
  readonly claims: AccessTokenClaims
  readonly kid: string
  readonly wanted: Wanted<Described>
  /** Made from this description of the key that it came from. */
  root: Fact<Described> | undefined
  standing: Standing | undefined
}

export const tokenAuthenticator = (tokens: AccessTokens) => {
  const { source } = tokens
  const verified = metCredentials<Authenticated>(source.clocks, maxTokens)
  const refusals = new LRUCache<string, number>({ max: maxTokens })
  const verify = async (text: string, digest: string): Promise<Authenticated> => {
    if ((refusals.get(digest) ?? -Infinity) > source.clocks.steady()) throw refused('invalid_token')
    const found = await freshly(text, tokens)
    if (found === undefined) {
      refusals.set(digest, source.clocks.steady() + refusalMilliseconds)
      throw refused('invalid_token')
    }
    const authenticated = authenticatedBy(found, tokens)
    verified.set(digest, authenticated, found.claims.exp * 1_000)
    return authenticated
  }
  return {
    met: (digest: string): Authenticated | undefined => verified.get(digest),
    meet: (text: string, digest: string): Authenticated => {
      let met: Authenticated | undefined
      return async (at, atLeast) => {
        if (met !== undefined) return met(at, atLeast)
        met = verified.get(digest) ?? (await verify(text, digest))
        return met(momentOf(source.clocks), atLeast)
      }
    },
  }
}

/** By the key that signed it, the key that it came from, and its own dates: at every use. */
const authenticatedBy = (token: Verified, { source: { clocks, store }, keys }: AccessTokens): Authenticated => {
  const settle = async (atLeast?: string): Promise<Standing> => {
    if ((await keys.find(token.kid)) === undefined) throw refused('invalid_token')
    const root = store.kept(token.wanted, atLeast) ?? (await store.load(token.wanted, atLeast))
    return standingOf(token, root, clocks.wall())
  }
  return (at, atLeast) => {
    if (keys.known(token.kid, at.steady) === undefined) return settle(atLeast)
    const { root: last } = token
    const holds = last !== undefined && store.believes(last, at.steady, atLeast)
    const root = holds ? last : store.kept(token.wanted, atLeast)
    return root === undefined ? settle(atLeast) : standingOf(token, root, at.wall)
  }
}

const standingOf = (token: Verified, root: Fact<Described>, now: number): Standing => {
  if (now >= token.claims.exp * 1000) throw refused('invalid_token')
  const standing = token.root === root ? token.standing : narrowed(token.claims, root.value)
  if (standing === undefined || now >= standing.endsAt) throw refused('invalid_token')
  token.root = root
  token.standing = standing
  return standing
}

const freshly = async (
  text: string,
  { source, keys, issuer, audiences, leasing }: AccessTokens,
): Promise<Verified | undefined> => {
  let kid = ''
  const find = (name: string) => {
    kid = name
    return keys.find(name)
  }
  const now = instantOf(source.clocks.wall())
  const result = await verifyAccessToken(text, { find, checkSignature: checkEs256 }, { issuer, audiences, now })
  if (!result.ok) return undefined
  const wanted = wantedRoot(source.exchange, result.value, leasing)
  return { claims: result.value, kid, wanted, root: undefined, standing: undefined }
}

const narrowed = (claims: AccessTokenClaims, root: Described): Standing | undefined => {
  const owner = fromDescription(root)
  const whole = owner?.asker(claims.tenant).key
  if (owner === undefined || whole === undefined) return undefined
  const { principal, credential } = owner
  const key = narrowedKey(claims, { principal, credential, key: whole })
  if (key === undefined) return undefined
  return {
    ...owner,
    kind: 'access_token',
    tenant: claims.tenant,
    scopes: key.scopes,
    endsAt: Math.min(owner.endsAt, claims.exp * 1000),
    asker: () => ({ principal, session: undefined, key }),
    assembled: new Map(),
  }
}
