// Documents for everybody, such as a key set: read without a credential, kept by whoever likes for as long as they say.
import { createHash } from 'node:crypto'
import { iamError } from '@latchkey/core/kernel/errors'
import { prefixes } from '@latchkey/core/kernel/ids'
import type { Seconds } from '@latchkey/core/kernel/time'
import { StoreError } from '../../platform/store/store-error.ts'
import type { GuardDependencies } from '../dependencies.ts'
import { type HttpAnswer, privateHeaders, renderProblem } from '../render-error.ts'

export interface PublicDocument {
  readonly contentType: string
  /** For how long it may be kept; undefined: not at all. */
  readonly maxAge: Seconds | undefined
  /** Rejects with a StoreError when it cannot be known now. */
  readonly read: () => unknown
}

export interface Asked {
  readonly method: string
  /** `If-None-Match`. */
  readonly known: string | undefined
}

type Guard = Pick<GuardDependencies, 'drawId' | 'log'>

export const answerDocument = async (
  { method, known }: Asked,
  document: PublicDocument,
  { drawId, log }: Guard,
): Promise<HttpAnswer> => {
  const requestId = drawId(prefixes.request)
  if (method !== 'GET' && method !== 'HEAD') {
    const refused = renderProblem(iamError('method_not_allowed'), requestId)
    return { ...refused, headers: { ...refused.headers, allow: 'GET, HEAD' } }
  }
  try {
    return rendered(JSON.stringify(await document.read()), known, document, requestId)
  } catch (error) {
    log('ERROR', 'a public document could not be read', { requestId, error })
    const down = error instanceof StoreError && error.fault === 'unavailable'
    // Never an old or an empty one: an error is kept by nobody, a wrong document by everybody.
    return renderProblem(down ? iamError('unavailable', { retryAfterSeconds: 5 }) : iamError('internal'), requestId)
  }
}

const rendered = (
  body: string,
  known: string | undefined,
  { contentType, maxAge }: PublicDocument,
  requestId: string,
): HttpAnswer => {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  const headers = {
    ...privateHeaders(requestId),
    'content-type': contentType,
    // It is the same for everybody, and says nothing about who asks.
    'access-control-allow-origin': '*',
    ...(maxAge === undefined ? {} : keptFor(maxAge, etag)),
  }
  const same = maxAge !== undefined && isKnown(known ?? '', etag)
  return same ? { status: 304, headers, body: '' } : { status: 200, headers, body }
}

/** By whoever reads it, and by nobody in between: a CDN's copy would grow old first, and a reader's copy of that copy once more. */
const keptFor = (maxAge: Seconds, etag: string) => ({
  'cache-control': `public, max-age=${maxAge}, s-maxage=0`,
  vary: 'Accept-Encoding',
  etag,
})

/** RFC 9110 §13.1.2. */
const isKnown = (known: string, etag: string): boolean =>
  known.trim() === '*' || known.split(/\s*,\s*/).some((tag) => tag.trim().replace(/^W\//, '') === etag)
