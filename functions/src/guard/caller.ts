// Who was authenticated and what they came with; made by stage 1 only.
import type { KeyFacts } from '@latchkey/core/access/assembly/asker'
import type { Rate } from '@latchkey/core/credentials/rate-plan'
import type { UserId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import type { Instant } from '@latchkey/core/kernel/time'
import type { AccessTokenClaims } from '@latchkey/core/tokens/access-token'

export interface Caller {
  /** The owner in whose name the call is made. */
  readonly principal: PrincipalRef
  /** A key's id, of its access tokens too, or `session:<auth_time>`: what was used, for audit and idempotency. */
  readonly credential: string
  readonly kind: 'session' | 'api_key' | 'access_token' | 'signed_body'
  /** The `jti` of an access token. */
  readonly token?: string
  /** Of an access token: what it leaves of its key, whatever the key is by then. */
  readonly claims?: AccessTokenClaims
  readonly session: SessionFacts | undefined
  readonly key: KeyFacts | undefined
  /** Set for keys and their tokens. */
  readonly bounds?: Bounds
}

/** From where, how often and until when a credential may be used, beside what it may do. */
export interface Bounds {
  /** Ranges in their one spelling; undefined: from anywhere. */
  readonly addresses: readonly string[] | undefined
  readonly rate: Rate | undefined
  /** Of the old secret of a rotation: the end of the overlap. */
  readonly endsAt: Instant | undefined
}

export interface SessionFacts {
  readonly uid: UserId
  readonly signedInAt: Instant
  /** Exactly as in the token, in seconds: with the uid it names the session. */
  readonly authTimeSeconds: number
  readonly verifiedEmail: string | undefined
  readonly displayName: string | undefined
  readonly staff: boolean
}
