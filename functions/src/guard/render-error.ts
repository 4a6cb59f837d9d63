// The only place where an error becomes something on the wire: problem+json for HTTP, HttpsError details for callables.
import { errorTable, type IamError } from '@latchkey/core/kernel/errors'

/** Where each code has its page. */
const documentation = 'https://docs.latchkey.example/errors/'

/** The public voice: the internal one never gets here. */
const publicFacts = ({ code, field, detail, missing, retryAfterSeconds, requiredAcr }: IamError) => ({
  code,
  ...(field === undefined ? {} : { field }),
  ...(detail === undefined ? {} : { detail }),
  ...(missing === undefined ? {} : { missing }),
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  ...(requiredAcr === undefined ? {} : { requiredAcr }),
})

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** On every answer: nothing of a tenant's is ever cached, and errors are cached by CDNs unless they say no (CATALOGUE I-09). */
export const privateHeaders = (requestId: string): Readonly<Record<string, string>> => ({
  'cache-control': 'private, no-store',
  vary: 'Authorization, Cookie',
  'x-content-type-options': 'nosniff',
  'x-request-id': requestId,
})

const headersOf = ({ code, retryAfterSeconds, requiredAcr }: IamError): Record<string, string> => ({
  // RFC 6750 §3, RFC 9470 §3
  ...(errorTable[code].http === 401
    ? {
        'www-authenticate': `Bearer error="${code}"${requiredAcr === undefined ? '' : `, acr_values="${requiredAcr}"`}`,
      }
    : {}),
  ...(code === 'insufficient_scope' ? { 'www-authenticate': 'Bearer error="insufficient_scope"' } : {}),
  ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
})

/** RFC 9457. */
export const renderProblem = (error: IamError, requestId: string): HttpAnswer => {
  const { http, sentence } = errorTable[error.code]
  const body = { type: documentation + error.code, title: sentence, status: http, ...publicFacts(error), requestId }
  return {
    status: http,
    headers: { ...privateHeaders(requestId), 'content-type': 'application/problem+json', ...headersOf(error) },
    body: JSON.stringify(body),
  }
}

/** What an `HttpsError` is made of: the callable protocol has 16 statuses and no headers, so the code travels in `details`. */
export const renderCallable = (error: IamError, requestId: string) => ({
  status: errorTable[error.code].status,
  message: errorTable[error.code].sentence,
  details: { ...publicFacts(error), docs: documentation + error.code, requestId },
})
