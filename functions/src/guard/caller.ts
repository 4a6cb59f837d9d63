// Who was authenticated and what they came with; made by stage 1 only.
import type { TenantId, UserId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import type { Instant } from '@latchkey/core/kernel/time'

export interface Caller {
  /** The owner in whose name the call is made. */
  readonly principal: PrincipalRef
  /** A key's id, or `session:<auth_time>`: what was used, for audit and idempotency. */
  readonly credential: string
  readonly kind: 'session' | 'api_key'
  readonly session: SessionFacts | undefined
  readonly key: KeyFacts | undefined
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

export interface KeyFacts {
  readonly id: string
  readonly tenant: TenantId
  /** Set when its owner is of what stands above: the key counts only at this placement of its tenant. */
  readonly placement: string | undefined
  /** Scopes of an agency's own permissions → which permission each was, of which agency: a name alone could come to mean another. */
  readonly ownScopes: ReadonlyMap<string, string>
  /** The agency above the key's tenant when it was made: a hint that saves a round trip, checked against the tenant itself. */
  readonly agencyHint: TenantId | undefined
  readonly scopes: readonly string[]
  /** The catalogue that the scopes were resolved at. */
  readonly catalogueVersion: string
  /** Account → the placement that it had when the key was made: an account that moved away is not the key's any more. */
  readonly accounts: ReadonlyMap<string, string> | undefined
  readonly notAfter: Instant | undefined
  readonly createdAt: Instant
}
