// The table of errors is closed, and each entry says the same on both transports (DESIGN.md §9).
import { describe, expect, test } from 'vitest'
import { errorCodes, errorTable, iamError } from './errors.ts'

// DESIGN.md §9, and what follows from it for the cases that it leaves to HTTP.
const statuses: Readonly<Record<string, number>> = {
  invalid_token: 401,
  insufficient_user_authentication: 401,
  insufficient_scope: 403,
  permission_denied: 403,
  restriction_failed: 403,
  tenant_suspended: 403,
  grant_exceeds_grantor: 403,
  impersonation_not_allowed: 403,
  impersonation_restricted: 403,
  not_found: 404,
  method_not_allowed: 405,
  invalid_request: 400,
  invitation_invalid: 400,
  payload_too_large: 413,
  already_exists: 409,
  conflict: 409,
  last_owner: 409,
  limit_exceeded: 409,
  reach_too_large: 409,
  idempotency_in_progress: 409,
  idempotency_key_reused: 422,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
}

// Which canonical statuses a client may see for an HTTP status (google.rpc.Code).
const canonical: Readonly<Record<number, readonly string[]>> = {
  400: ['invalid-argument'],
  401: ['unauthenticated'],
  403: ['permission-denied'],
  404: ['not-found'],
  405: ['invalid-argument'],
  409: ['already-exists', 'failed-precondition', 'aborted'],
  413: ['invalid-argument'],
  422: ['failed-precondition'],
  429: ['resource-exhausted'],
  500: ['internal'],
  503: ['unavailable'],
}

test('the table is closed: these codes with these statuses and no others', () => {
  expect(Object.fromEntries(errorCodes.map((code) => [code, errorTable[code].http]))).toEqual(statuses)
})

describe.each(errorCodes)('%s', (code) => {
  const { http, status, sentence } = errorTable[code]

  test('means the same to a callable and over HTTP', () => {
    expect(canonical[http]).toContain(status)
  })

  test('says one public sentence that names nothing of ours', () => {
    expect(sentence).toMatch(/^[A-Z].*\.$/)
    expect(sentence.length).toBeLessThanOrEqual(120)
    expect(sentence).not.toMatch(/firestore|firebase|google|kms|undefined|null|stack|[{}<>$]/i)
  })

  test('is made with the code alone', () => {
    expect(iamError(code)).toEqual({ code })
  })
})

test('no two codes say the same sentence', () => {
  expect(new Set(errorCodes.map((code) => errorTable[code].sentence)).size).toBe(errorCodes.length)
})

test('the facts of an error do not replace its code', () => {
  expect(iamError('not_found', { field: 'tenant' })).toEqual({ code: 'not_found', field: 'tenant' })
})
