// Access tokens: signature and claims are checked here, once a token; the key that it came from must still count.
import type { Described } from '@latchkey/core/credentials/described'
import { type Instant, instantOf, isOver } from '@latchkey/core/kernel/time'
import type { AccessTokenClaims } from '@latchkey/core/tokens/access-token'
import { narrowedKey } from '@latchkey/core/tokens/narrowed-key'
import { jwkSet, type VerificationKey } from '@latchkey/core/tokens/verification-key'
import { verifyAccessToken } from '@latchkey/core/tokens/verify-access-token'
import { LRUCache } from 'lru-cache'
import { digestOf } from '../digest.ts'
import type { Fact } from '../facts/fact-store.ts'
import type { FactSource } from '../facts/facts-of.ts'
import { wantedRoot } from '../facts/wanted.ts'
import { refused } from '../refused.ts'
import type { Authenticated, Standing } from '../standing.ts'
import { fromDescription } from './api-keys.ts'
import type { KeyRing } from './key-ring.ts'
import { checkEs256 } from './signatures.ts'

const maxTokens = 50_000
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
}

interface Verified {
  readonly claims: AccessTokenClaims
  readonly kid: string
  /** Made from this description of the key that it came from. */
  root: Fact<Described> | undefined
  standing: Standing | undefined
}

export const tokenAuthenticator = (tokens: AccessTokens) => {
  const { source, keys } = tokens
  const verified = new LRUCache<string, Verified>({ max: maxTokens })
  const refusals = new LRUCache<string, number>({ max: maxTokens })
  const verify = async (text: string, digest: string): Promise<Verified> => {
    if ((refusals.get(digest) ?? -Infinity) > source.clocks.steady()) throw refused('invalid_token')
    const found = await freshly(text, tokens)
    if (found === undefined) {
      refusals.set(digest, source.clocks.steady() + refusalMilliseconds)
      throw refused('invalid_token')
    }
    verified.set(digest, found)
    return found
  }
  const now = (): Instant => instantOf(source.clocks.wall())
  const standingOf = (token: Verified, root: Fact<Described>): Standing => {
    if (isOver(instantOf(token.claims.exp * 1000), now())) throw refused('invalid_token')
    const standing = token.root === root ? token.standing : narrowed(token.claims, root.value)
    if (standing === undefined || now() >= standing.endsAt) throw refused('invalid_token')
    token.root = root
    token.standing = standing
    return standing
  }
  return (text: string): Authenticated => {
    const digest = digestOf(text)
    const settle = async (atLeast?: string): Promise<Standing> => {
      const token = verified.get(digest) ?? (await verify(text, digest))
      if ((await keys.find(token.kid)) === undefined) throw refused('invalid_token')
      const root = wantedRoot(source.exchange, token.claims.gid)
      return standingOf(token, source.store.kept(root, atLeast) ?? (await source.store.load(root, atLeast)))
    }
    return (atLeast) => {
      const token = verified.get(digest)
      if (token === undefined || keys.known(token.kid) === undefined) return settle(atLeast)
      const root = source.store.kept(wantedRoot(source.exchange, token.claims.gid), atLeast)
      return root === undefined ? settle(atLeast) : standingOf(token, root)
    }
  }
}

const freshly = async (
  text: string,
  { source, keys, issuer, audiences }: AccessTokens,
): Promise<Verified | undefined> => {
  let kid = ''
  const find = (name: string) => {
    kid = name
    return keys.find(name)
  }
  const now = instantOf(source.clocks.wall())
  const result = await verifyAccessToken(text, { find, checkSignature: checkEs256 }, { issuer, audiences, now })
  return result.ok ? { claims: result.value, kid, root: undefined, standing: undefined } : undefined
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
