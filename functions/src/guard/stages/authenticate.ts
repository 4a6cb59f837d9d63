// Stage 1: who is calling. An ID token on a callable, a key or an access token of ours on HTTP; everything else is a stranger.
import { isEndedBy } from '@latchkey/core/access/assembly/head'
import { sessionStands } from '@latchkey/core/access/assembly/session-counts'
import { parseSecret } from '@latchkey/core/credentials/secret-format'
import { iamError } from '@latchkey/core/kernel/errors'
import { systemRef, userRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import { sha256 } from '../../platform/seal.ts'
import { instantIn } from '../../platform/store/reader.ts'
import { boundsFault, isBound } from '../bounds.ts'
import type { Caller } from '../caller.ts'
import type { GuardDependencies } from '../dependencies.ts'
import type { Passage, StageResult } from '../passage.ts'
import { addressBucket, byAddress, refusedCost } from './open.ts'

// RFC 6750 §2.1: the scheme in any case, one space, one token, one header (CATALOGUE I-49).
const bearer = /^bearer ([A-Za-z0-9._~+/-]+=*)$/i

export const authenticate = async (passage: Passage, dependencies: GuardDependencies): Promise<StageResult> => {
  const { call, definition } = passage
  if ('public' in definition.access && call.authorization.length === 0) return ok('next')
  if ('signedBody' in definition.access) return signerOf(passage, dependencies)
  const token = call.authorization.length === 1 ? bearer.exec(call.authorization[0] ?? '')?.[1] : undefined
  if (token === undefined) return err(iamError('invalid_token'))
  const caller = await callerOf(token, passage, dependencies)
  if (caller === undefined) {
    dependencies.refused.add(sha256(call.authorization[0] ?? ''))
    dependencies.buckets.take(addressBucket(call.address), byAddress, passage.now, refusedCost)
    return err(iamError('invalid_token'))
  }
  passage.caller = caller
  // Of a key without bounds there is nothing to wait for.
  const refusal = isBound(caller) ? await boundsFault(caller, passage, dependencies) : undefined
  if (refusal === undefined) return ok('next')
  dependencies.buckets.take(addressBucket(call.address), byAddress, passage.now, refusedCost)
  return err(refusal)
}

/** Nobody of ours: what it may do is only what the operation is for. */
const signerOf = async (passage: Passage, { checkSignedBody, buckets }: GuardDependencies): Promise<StageResult> => {
  const { call, now } = passage
  if (call.signed?.keyId === undefined || !checkSignedBody(call.body, call.signed)) {
    buckets.take(addressBucket(call.address), byAddress, now, refusedCost)
    return err(iamError('invalid_token'))
  }
  const principal = systemRef('secretScanner')
  passage.caller = { principal, credential: call.signed.keyId, kind: 'signed_body', session: undefined, key: undefined }
  return ok('next')
}

/** Callables take ID tokens only, HTTP takes keys and access tokens only: a token for one door is nothing at the other. */
const callerOf = (token: string, passage: Passage, dependencies: GuardDependencies): Promise<Caller | undefined> =>
  passage.call.transport === 'callable'
    ? sessionOf(token, passage, dependencies)
    : machineOf(token, passage, dependencies)

/** A key never has a dot, a token always has two. A token ends with its key. */
const machineOf = async (
  token: string,
  { now, read }: Passage,
  { authenticateKey, authenticateToken, platformEnds }: GuardDependencies,
): Promise<Caller | undefined> => {
  const secret = token.includes('.') ? undefined : parseSecret(token)
  const caller = token.includes('.')
    ? await authenticateToken(read, token, now)
    : secret && (await authenticateKey(read, secret, now))
  const isEnded = caller?.key !== undefined && isEndedBy((await platformEnds())?.keys, caller.key.createdAt)
  return isEnded ? undefined : caller
}

const sessionOf = async (
  token: string,
  { read }: Passage,
  { accounts, platformEnds }: GuardDependencies,
): Promise<Caller | undefined> => {
  const signedIn = await accounts.verifyIdToken(token)
  if (signedIn === undefined) return undefined
  if (isEndedBy((await platformEnds())?.sessions, signedIn.authTime)) return undefined
  const [user] = await read.getAll([`users/${signedIn.uid}`])
  if (user !== undefined && !sessionStands(user, signedIn.authTimeSeconds, instantIn)) return undefined
  return {
    principal: userRef(signedIn.uid),
    credential: `session:${signedIn.authTimeSeconds}`,
    kind: 'session',
    key: undefined,
    session: {
      uid: signedIn.uid,
      signedInAt: signedIn.authTime,
      authTimeSeconds: signedIn.authTimeSeconds,
      verifiedEmail: signedIn.verifiedEmail,
      displayName: signedIn.displayName,
      staff: user?.['staff'] === true,
    },
  }
}
