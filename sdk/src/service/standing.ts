// Who was authenticated, and whether that still holds: asked again at every decision, answered from what is kept.
import type { Asker } from '@latchkey/core/access/assembly/asker'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import type { Moment } from './clocks.ts'
import type { FactsByTenant } from './facts/assembled-facts.ts'
import type { CredentialKind } from './principal.ts'

/** What a credential comes to now. */
export interface Standing {
  readonly principal: PrincipalRef
  /** A key's id, of its access tokens too, or `session:<auth_time>`. */
  readonly credential: string
  /** Which secret of the key it is, of its access tokens too; undefined for people. */
  readonly secret: string | undefined
  readonly kind: CredentialKind
  /** The tenant that the credential is for; undefined for people. */
  readonly tenant: TenantId | undefined
  readonly scopes: readonly string[]
  readonly allowedAddresses: readonly string[] | undefined
  readonly rate: { readonly perSecond: number; readonly burst: number } | undefined
  /** Milliseconds since the epoch: its own end, or that of the overlap in which its key is rotated away. */
  readonly endsAt: number
  /** Its secret is the old one of a rotation: people watch whether it is still used. */
  readonly isRotatedAway: boolean
  /** For a question at a tenant, by what is known at that moment. */
  readonly asker: (tenant: TenantId) => Asker
  /** Facts that were put together for it. */
  readonly assembled: FactsByTenant
  /** Of a person's sign-in: throws when it was ended, by what was just loaded for the tenant; asked once for each assembly of facts. */
  readonly confirm: (tenant: TenantId) => void
}

/**
 * At once, as of that moment, when everything is kept; throws or rejects with the refusal when the credential does not count, or that cannot be known.
 * `atLeast`: what is known of the credential from an older snapshot is read again.
 */
export type Authenticated = (at: Moment, atLeast?: string) => Standing | Promise<Standing>
