// The one credential of a request, wherever it comes from.
import { refused } from './refused.ts'

/** A `Request`, its `Headers`, or what Node's servers have. */
export type RequestLike =
  | { readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>> }
  | Headers

const [scheme, usual] = ['bearer ', 'Bearer ']

/**
 * RFC 6750 §2.1: the scheme in any case, one space, one header (CATALOGUE I-49). What follows is taken as one token, whatever it is:
 * each kind of credential is read strictly where it is met first. Throws `invalid_token` when there is none.
 */
export const bearerOf = (request: RequestLike): string => {
  const headers = 'headers' in request ? request.headers : request
  const sent = headers instanceof Headers ? headers.get('authorization') : headers['authorization']
  if (typeof sent !== 'string' || sent.length === scheme.length) throw refused('invalid_token')
  if (!sent.startsWith(usual) && sent.slice(0, scheme.length).toLowerCase() !== scheme) throw refused('invalid_token')
  return sent.slice(scheme.length)
}
