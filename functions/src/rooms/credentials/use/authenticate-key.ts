// Who is behind an API key: one read by id, and nothing for a key that is revoked, disabled, rotated away, expired or malformed.
import { storedRate } from '@latchkey/core/credentials/rate-plan'
import type { ParsedSecret } from '@latchkey/core/credentials/secret-format'
import { isTenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef } from '@latchkey/core/kernel/principal'
import { type Instant, isOver } from '@latchkey/core/kernel/time'
import type { Caller } from '../../../guard/caller.ts'
import { sessionCounts } from '../../../guard/session-counts.ts'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'
import { credentialPath, findSecret } from './find-secret.ts'

export const authenticateKey = async (
  read: Reader,
  secret: ParsedSecret,
  now: Instant,
): Promise<Caller | undefined> => {
  if (secret.kind !== 'api') return undefined
  const fields = await findSecret(read, secret)
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

/** Whose key it is and what it carries, whether or not it counts now; fails closed on anything that we never wrote. */
export const keyOwner = (id: string, fields: DocumentFields): Caller | undefined => {
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
      notAfter,
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

/** The same question again inside a transaction that mints: a key revoked meanwhile makes nothing, nor does a token of it. */
export const stillCounts = async (read: Reader, { key, session }: Caller, now: Instant): Promise<boolean> => {
  if (key !== undefined) {
    const [fields] = await read.getAll([credentialPath(key.id)])
    return fields !== undefined && counts(fields, now) && !isOver(key.notAfter, now)
  }
  if (session === undefined) return false
  const [user] = await read.getAll([`users/${session.uid}`])
  return user === undefined || sessionCounts(user, session.authTimeSeconds)
}
