// Where a customer's URL leads, before any name is looked up: https to a name, at a port of the web, and nothing clever.

import { isIP } from 'node:net'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, ok, type Result } from '@latchkey/core/kernel/result'

export interface Target {
  /** As it is stored and called: normalised, an international name in its ASCII form. */
  readonly url: URL
  /** Named by a setting of this laptop: http, a private address and any port are then all right. */
  readonly allowed: boolean
}

const ports = new Set(['', '8443'])
/** Names that mean something inside a network only. */
const inside = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|arpa|onion|test|invalid|example)$/

const refused = (detail: string): Result<never, IamError> => err(iamError('invalid_request', { field: 'url', detail }))

/** `allow` holds `host:port`. */
export const targetOf = (text: string, allow: readonly string[]): Result<Target, IamError> => {
  const url = URL.parse(text)
  if (url === null) return refused('This is no URL.')
  if (url.username !== '' || url.password !== '')
    return refused('It holds credentials; the signature is the credential.')
  if (url.hash !== '') return refused('It has a fragment, which is never sent.')
  // The trailing dot of a full name is another spelling of the same.
  url.hostname = url.hostname.replace(/\.$/, '')
  if (allow.includes(`${url.hostname}:${url.port}`) && /^https?:$/.test(url.protocol)) return ok({ url, allowed: true })
  if (url.protocol !== 'https:') return refused('It must begin with https://.')
  if (!ports.has(url.port)) return refused('Its port must be 443 or 8443.')
  const name = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(name) !== 0) return refused('It must name a host, not an address.')
  if (!name.includes('.') || inside.test(name)) return refused('This name is not one of the public internet.')
  return ok({ url, allowed: false })
}
