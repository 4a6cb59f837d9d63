// Whose facts are assembled: the principal behind a credential, and what that credential carries.
import type { TenantId } from '../../kernel/ids.ts'
import type { PrincipalRef } from '../../kernel/principal.ts'
import type { Instant } from '../../kernel/time.ts'
import type { KeyOrigin } from '../facts.ts'

export interface KeyFacts extends KeyOrigin {
  readonly id: string
  /** The tenant that the key belongs to, and that its owner must be of. */
  readonly home: TenantId
  /** The tenant that the credential is for: the key's own; of an access token perhaps an account below it. */
  readonly tenant: TenantId
  /** Set when its owner is of what stands above: the key counts only at this placement of its tenant. */
  readonly placement: string | undefined
  /** The agency above the key's tenant when it was made: a hint that saves a round trip, checked against the tenant itself. */
  readonly agencyHint: TenantId | undefined
  /** Account → the placement that it had when the key was made: an account that moved away is not the key's any more. */
  readonly accounts: ReadonlyMap<string, string> | undefined
}

/** With neither a session nor a key: somebody who is only asked about. */
export interface Asker {
  readonly principal: PrincipalRef
  readonly session: { readonly signedInAt: Instant; readonly staff: boolean } | undefined
  readonly key: KeyFacts | undefined
}
