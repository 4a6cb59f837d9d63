// The one credential of a request, wherever it comes from.
import { refused } from './refused.ts'

/** A `Request`, its `Headers`, or what Node's servers have. */
export type RequestLike =
  | { readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>> }
  | Headers

// RFC 6750 §2.1: the scheme in any case, one space, one token, one header (CATALOGUE I-49).
const bearer = /^bearer ([A-Za-z0-9._~+/-]+=*)$/i

/** Throws `invalid_token` when there is none, or more than one. */
export const bearerOf = (request: RequestLike): string => {
  const headers = 'headers' in request ? request.headers : request
  const sent = headers instanceof Headers ? headers.get('authorization') : headers['authorization']
  const token = typeof sent === 'string' ? bearer.exec(sent)?.[1] : undefined
  if (token === undefined) throw refused('invalid_token')
  return token
}
