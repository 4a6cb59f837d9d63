// The answer to "may they": a stable code, whether the tenant may even be known to exist, and the error that a door shows.
import { type IamError, iamError } from '../kernel/errors.ts'

export type DecisionCode =
  | 'allowed'
  | 'unknown_permission'
  | 'tenant_not_visible'
  | 'tenant_suspended'
  | 'principal_inactive'
  | 'guardrail_denies'
  | 'wrong_level'
  | 'no_assignment'
  | 'condition_false'
  | 'condition_error'
  | 'scope_missing'
  | 'outside_coverage'
  | 'outside_impersonation'
  | 'login_too_old'
  | 'not_for_machines'

export interface Decision {
  readonly allowed: boolean
  readonly code: DecisionCode
  readonly permission: string
}

/** Invisible is 404, visible but not allowed is 403 (DESIGN.md §3). Undefined for an allow. */
export const errorOf = (decision: Decision): IamError | undefined => {
  const missing = [decision.permission]
  switch (decision.code) {
    case 'allowed':
      return undefined
    case 'tenant_not_visible':
    case 'principal_inactive':
      return iamError('not_found')
    case 'tenant_suspended':
      return iamError('tenant_suspended')
    case 'scope_missing':
      return iamError('insufficient_scope', { missing })
    case 'login_too_old':
      return iamError('insufficient_user_authentication', { requiredAcr: 'urn:latchkey:fresh-login' })
    case 'outside_impersonation':
      return iamError('impersonation_restricted', { missing })
    case 'unknown_permission':
    case 'guardrail_denies':
    case 'wrong_level':
    case 'no_assignment':
    case 'condition_false':
    case 'condition_error':
    case 'outside_coverage':
    case 'not_for_machines':
      return iamError('permission_denied', { missing })
  }
}
