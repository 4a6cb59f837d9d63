// Who is behind an API key: one read by id, and nothing for a key that is revoked, disabled, rotated away, expired or malformed.
import { headPath, isEndedBy, platformEndsIn } from '@latchkey/core/access/assembly/head'
import { sessionStands } from '@latchkey/core/access/assembly/session-counts'
import { storedRate } from '@latchkey/core/credentials/rate-plan'
import type { ParsedSecret } from '@latchkey/core/credentials/secret-format'
import { isTenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef } from '@latchkey/core/kernel/principal'
import { earliest, type Instant, isOver } from '@latchkey/core/kernel/time'
import type { AccessTokenClaims } from '@latchkey/core/tokens/access-token'
import { narrowedKey } from '@latchkey/core/tokens/narrowed-key'
import type { Caller } from '../../../guard/caller.ts'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'
import { credentialPath, ifMatching } from './find-secret.ts'

export const authenticateKey = async (
  read: Reader,
  secret: ParsedSecret,
  now: Instant,
): Promise<Caller | undefined> => {
  if (secret.kind !== 'api') return undefined
  const paths = [credentialPath(secret.id)]
  const [stored] = read.atHand?.(paths) ?? (await read.getAll(paths))
  const fields = ifMatching(stored, secret)
  return fields === undefined ? undefined : liveOwner(secret.id, fields, now)
}

/** Undefined for a secret that does not count now. */
export const liveOwner = (id: string, fields: DocumentFields, now: Instant): Caller | undefined =>
  counts(fields, now) ? keyOwner(id, fields) : undefined

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

/** A map of texts; what cannot be read names nothing at all. */
const textsIn = (accounts: unknown): ReadonlyMap<string, string> | undefined => {
  if (accounts === undefined) return undefined
  const pairs = typeof accounts === 'object' && accounts !== null ? Object.entries(accounts) : []
  return new Map(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
}

// A document that is kept by a cache is judged once, and its owner is the same for as long as it is kept.
const owners = new WeakMap<DocumentFields, { readonly owner: Caller | undefined }>()

/** Whose key it is and what it carries, whether or not it counts now; fails closed on anything that we never wrote. */
export const keyOwner = (id: string, fields: DocumentFields): Caller | undefined => {
  const known = owners.get(fields) ?? { owner: judgeOwner(id, fields) }
  owners.set(fields, known)
  return known.owner
}

const judgeOwner = (id: string, fields: DocumentFields): Caller | undefined => {
  const notAfter = instantIn(fields['notAfter'])
  const createdAt = instantIn(fields['createdAt'])
  const tenant = String(fields['tenant'])
  const owner = String(fields['owner'])
  const agency = fields['agency']
  if (notAfter === undefined || createdAt === undefined || !isTenantId(tenant) || !isPrincipalRef(owner))
    return undefined
  return {
    principal: owner,
    credential: String(fields['key']),
    kind: 'api_key',
    session: undefined,
    bounds: {
      addresses: fields['addresses'] === undefined ? undefined : listOf(fields['addresses']),
      rate: storedRate(fields['rate']),
      endsAt: instantIn(fields['endsAt']),
    },
    key: {
      id,
      tenant,
      home: tenant,
      agencyHint: typeof agency === 'string' && isTenantId(agency) ? agency : undefined,
      scopes: listOf(fields['scopes']),
      catalogueVersion: String(fields['catalogueVersion']),
      accounts: textsIn(fields['accounts']),
      placement: typeof fields['placement'] === 'string' ? fields['placement'] : undefined,
      ownScopes: textsIn(fields['ownScopes']) ?? new Map(),
      // A secret that is rotated away gives nothing that outlives it.
      notAfter: earliest(notAfter, instantIn(fields['endsAt'])),
      createdAt,
    },
  }
}

/** `endsAt` is the end of the overlap in which a secret is rotated away; one that cannot be read has come. */
const counts = (fields: DocumentFields, now: Instant): boolean => {
  const notAfter = instantIn(fields['notAfter'])
  const endsAt = instantIn(fields['endsAt'])
  if (fields['endsAt'] !== undefined && (endsAt === undefined || isOver(endsAt, now))) return false
  return fields['status'] === 'active' && notAfter !== undefined && !isOver(notAfter, now)
}

/** The credential of a token is its key: revoked, disabled or narrowed with it. */
export const narrowedTo = (claims: AccessTokenClaims, { key: whole, ...owner }: Caller): Caller | undefined => {
  const key = whole === undefined ? undefined : narrowedKey(claims, { ...owner, key: whole })
  return key === undefined ? undefined : { ...owner, kind: 'access_token', token: claims.jti, claims, key }
}

/** The same question again inside a transaction that mints: a key makes nothing more than it may by now, nor does a token of it. */
export const stillCounts = async (read: Reader, caller: Caller, now: Instant): Promise<Caller | undefined> => {
  const { key, session, claims } = caller
  if (key !== undefined) {
    const [fields, head] = await read.getAll([credentialPath(key.id), headPath])
    if (isEndedBy(platformEndsIn(head, instantIn)?.keys, key.createdAt)) return undefined
    const whole = fields === undefined ? undefined : liveOwner(key.id, fields, now)
    const present = whole === undefined || claims === undefined ? whole : narrowedTo(claims, whole)
    return isOver(present?.key?.notAfter, now) ? undefined : present
  }
  if (session === undefined) return undefined
  const [user, head] = await read.getAll([`users/${session.uid}`, headPath])
  if (isEndedBy(platformEndsIn(head, instantIn)?.sessions, session.signedInAt)) return undefined
  return user === undefined || sessionStands(user, session.authTimeSeconds, instantIn) ? caller : undefined
}
