// Who is calling, as a service holds it: nothing is allowed by having one, only by asking it.
import type { Decision } from '@latchkey/core/access/decision'
import type { On } from './on.ts'

export type CredentialKind = 'api_key' | 'access_token' | 'session'

export interface Principal {
  /** `user:…`, `service:…` or `installation:…`. */
  readonly id: string
  readonly kind: CredentialKind
  /** A key's id, of its access tokens too, or `session:<auth_time>`; for logs. */
  readonly credential: string
  /** The tenant that the credential is for; undefined for people. */
  readonly tenant: string | undefined
  /** What the credential was given. Guardrails may leave less of it at a tenant, which `check` and `require` know. */
  readonly scopes: readonly string[]
  /**
   * Goes on only when it is allowed; else throws a `LatchkeyRefusal`.
   * @example await caller.require('contacts.write', { tenant, resource: { type: 'contact', id, ownerId } })
   */
  readonly require: (permission: string, on?: On) => Promise<void>
  /** The same as an answer, with the code of a refusal. Throws for credentials that do not count, and when it cannot be known. */
  readonly check: (permission: string, on?: On) => Promise<Decision>
  /** What `shadow` compares: the answer of what stood there before. */
  readonly shadow: (permission: string, on: On, legacy: Legacy) => Promise<void>
}

/** What decided before Latchkey, and whether it still does. */
export interface Legacy {
  readonly allows: () => boolean | Promise<boolean>
  /** Whose answer counts; the other one is only compared. */
  readonly authority: 'legacy' | 'latchkey'
}
