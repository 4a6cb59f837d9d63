// The closed table of every error that Latchkey answers with: code, statuses, public sentence (DESIGN.md §9).

/** The gRPC canonical status that a callable carries; the stock client knows these names only. */
export type CanonicalStatus =
  | 'unauthenticated'
  | 'permission-denied'
  | 'not-found'
  | 'invalid-argument'
  | 'already-exists'
  | 'failed-precondition'
  | 'aborted'
  | 'resource-exhausted'
  | 'unavailable'
  | 'internal'

interface ErrorEntry {
  readonly http: number
  readonly status: CanonicalStatus
  readonly sentence: string
}

export const errorTable = {
  invalid_token: {
    http: 401,
    status: 'unauthenticated',
    sentence: 'The credential is missing, invalid, expired or revoked.',
  },
  insufficient_user_authentication: {
    http: 401,
    status: 'unauthenticated',
    sentence: 'This needs a fresher or stronger sign-in.',
  },
  insufficient_scope: {
    http: 403,
    status: 'permission-denied',
    sentence: 'The credential does not carry the needed scope.',
  },
  permission_denied: {
    http: 403,
    status: 'permission-denied',
    sentence: 'You do not hold the permission that this needs.',
  },
  restriction_failed: {
    http: 403,
    status: 'permission-denied',
    sentence: 'The credential may not be used this way: its restrictions exclude this call.',
  },
  tenant_suspended: { http: 403, status: 'permission-denied', sentence: 'The tenant, or one above it, is suspended.' },
  grant_exceeds_grantor: {
    http: 403,
    status: 'permission-denied',
    sentence: 'You cannot give more than you hold yourself.',
  },
  impersonation_not_allowed: { http: 403, status: 'permission-denied', sentence: 'This impersonation is not allowed.' },
  impersonation_restricted: {
    http: 403,
    status: 'permission-denied',
    sentence: 'This cannot be done while impersonating somebody.',
  },
  not_found: { http: 404, status: 'not-found', sentence: 'There is no such thing, or it is not visible to you.' },
  method_not_allowed: { http: 405, status: 'invalid-argument', sentence: 'This address does not answer this method.' },
  invalid_request: { http: 400, status: 'invalid-argument', sentence: 'The request is malformed.' },
  invitation_invalid: {
    http: 400,
    status: 'invalid-argument',
    sentence: 'The invitation is unknown, used, expired, revoked, or meant for another mailbox.',
  },
  payload_too_large: { http: 413, status: 'invalid-argument', sentence: 'The request body is larger than 256 KiB.' },
  already_exists: { http: 409, status: 'already-exists', sentence: 'This exists already.' },
  conflict: { http: 409, status: 'failed-precondition', sentence: 'The present state does not allow this.' },
  last_owner: { http: 409, status: 'failed-precondition', sentence: 'A tenant must keep at least one owner.' },
  limit_exceeded: { http: 409, status: 'failed-precondition', sentence: 'A fixed limit would be exceeded.' },
  reach_too_large: {
    http: 409,
    status: 'failed-precondition',
    sentence: 'This names more accounts than one assignment, or one principal, can list.',
  },
  idempotency_in_progress: {
    http: 409,
    status: 'aborted',
    sentence: 'A request with this idempotency key is still being carried out.',
  },
  idempotency_key_reused: {
    http: 422,
    status: 'failed-precondition',
    sentence: 'This idempotency key was used before with a different request.',
  },
  rate_limited: { http: 429, status: 'resource-exhausted', sentence: 'Too many requests; slow down.' },
  unavailable: {
    http: 503,
    status: 'unavailable',
    sentence: 'Something that this needs is not available, so it cannot be decided safely; try again.',
  },
  internal: { http: 500, status: 'internal', sentence: 'Something went wrong on our side.' },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorTable

export interface ErrorFacts {
  /** Path of the offending field, as in `scopes[2]` or `tenant`. */
  readonly field?: string
  /** A second public sentence that narrows the first. Never holds a secret or another tenant's data. */
  readonly detail?: string
  /** Permissions or scopes that are missing, sorted. */
  readonly missing?: readonly string[]
  readonly retryAfterSeconds?: number
  /** What a step-up needs: `urn:latchkey:fresh-login` (RFC 9470 `acr_values`). */
  readonly requiredAcr?: string
  /** For the log only. */
  readonly internal?: string
}

export interface IamError extends ErrorFacts {
  readonly code: ErrorCode
}

export const iamError = (code: ErrorCode, facts: ErrorFacts = {}): IamError => ({ code, ...facts })

export const errorCodes = Object.keys(errorTable) as readonly ErrorCode[] // the keys of a closed table
