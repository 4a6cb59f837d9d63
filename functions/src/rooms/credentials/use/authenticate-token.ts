// Who is behind an access token at our own doors: its signature and claims say so, and the key that it came from must still count.

import { isCredentialId } from '@latchkey/core/kernel/ids'
import type { Instant } from '@latchkey/core/kernel/time'
import { type TokenKeys, verifyAccessToken } from '@latchkey/core/tokens/verify-access-token'
import type { Caller } from '../../../guard/caller.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import { liveOwner, narrowedTo } from './authenticate-key.ts'
import { credentialPath } from './find-secret.ts'

export interface TokenDoor {
  readonly issuer: string
  /** What our own API calls itself: a token for another service is nothing here. */
  readonly audience: string
  readonly keys: TokenKeys
}

export type AuthenticateToken = (read: Reader, text: string, now: Instant) => Promise<Caller | undefined>

/** Rejects when the signing keys cannot be known: that is no verdict about the token. */
export const tokenAuthenticator =
  ({ issuer, audience, keys }: TokenDoor): AuthenticateToken =>
  async (read, text, now) => {
    const verified = await verifyAccessToken(text, keys, { issuer, audiences: [audience], now })
    if (!verified.ok || !isCredentialId(verified.value.gid)) return undefined
    const { gid } = verified.value
    const [fields] = await read.getAll([credentialPath(gid)])
    const owner = fields?.['kind'] === 'api' ? liveOwner(gid, fields, now) : undefined
    return owner === undefined ? undefined : narrowedTo(verified.value, owner)
  }
