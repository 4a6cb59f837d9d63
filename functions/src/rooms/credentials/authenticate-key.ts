// Who is behind an API key: one read by id, and nothing for a key that is revoked, expired or malformed.
import type { ParsedSecret } from '@latchkey/core/credentials/secret-format'
import { isTenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef } from '@latchkey/core/kernel/principal'
import { type Instant, isOver } from '@latchkey/core/kernel/time'
import type { Caller } from '../../guard/caller.ts'
import { sessionCounts } from '../../guard/session-counts.ts'
import { type DocumentFields, instantIn, type Reader } from '../../platform/store/reader.ts'
import { credentialPath, findSecret } from './find-secret.ts'

export const authenticateKey = async (
  read: Reader,
  secret: ParsedSecret,
  now: Instant,
): Promise<Caller | undefined> => {
  if (secret.kind !== 'api') return undefined
  const fields = await findSecret(read, secret)
  return fields === undefined ? undefined : callerOf(secret.id, fields, now)
}

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

/** A map of texts; what cannot be read names nothing at all. */
const textsIn = (accounts: unknown): ReadonlyMap<string, string> | undefined => {
  if (accounts === undefined) return undefined
  const pairs = typeof accounts === 'object' && accounts !== null ? Object.entries(accounts) : []
  return new Map(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
}

/** Fails closed on anything that is not exactly a live key: a missing end is no end that we ever wrote. */
const callerOf = (id: string, fields: DocumentFields, now: Instant): Caller | undefined => {
  const notAfter = instantIn(fields['notAfter'])
  const createdAt = instantIn(fields['createdAt'])
  const tenant = String(fields['tenant'])
  const owner = String(fields['owner'])
  const agency = fields['agency']
  if (
    !counts(fields, now) ||
    notAfter === undefined ||
    createdAt === undefined ||
    !isTenantId(tenant) ||
    !isPrincipalRef(owner)
  )
    return undefined
  return {
    principal: owner,
    credential: String(fields['key']),
    kind: 'api_key',
    session: undefined,
    key: {
      id,
      tenant,
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

const counts = (fields: DocumentFields, now: Instant): boolean => {
  const notAfter = instantIn(fields['notAfter'])
  return fields['status'] === 'active' && notAfter !== undefined && !isOver(notAfter, now)
}

/** The same question again inside a transaction that mints: a key revoked meanwhile makes nothing. */
export const stillCounts = async (read: Reader, { key, session }: Caller, now: Instant): Promise<boolean> => {
  if (key !== undefined) {
    const [fields] = await read.getAll([credentialPath(key.id)])
    return fields !== undefined && counts(fields, now)
  }
  if (session === undefined) return false
  const [user] = await read.getAll([`users/${session.uid}`])
  return user === undefined || sessionCounts(user, session.authTimeSeconds)
}
