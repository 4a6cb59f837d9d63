// The audit event: one for every change of state, written in the transaction of that change.
import type { Json } from '../kernel/canonical-json.ts'
import type { TenantId } from '../kernel/ids.ts'
import type { PrincipalRef } from '../kernel/principal.ts'

export interface AuditActor {
  readonly principal: PrincipalRef
  /** The credential used: a key's id, or `session:<auth_time>` of a sign-in. */
  readonly credential?: string
  /** The `jti` of the access token that was used, when it was one of that key's. */
  readonly token?: string
  /** The one who really acts, when somebody is impersonated. */
  readonly impersonator?: PrincipalRef
}

export interface AuditEvent {
  /** `<room>.<what happened>`, as in `tenancy.tenant_suspended`. */
  readonly type: string
  readonly tenant: TenantId
  readonly actor: AuditActor
  /** What was changed: document kinds and ids, the first being the main one. */
  readonly targets: readonly string[]
  readonly reason?: string
  /** Public facts of the change; never a secret. */
  readonly details?: { readonly [key: string]: Json | undefined }
}
