// The client's address: as many proxies of ours from the right as are configured, and nothing that a client can write itself.
import { isIP } from 'node:net'

interface Addressed {
  readonly forwardedFor: string | undefined
  readonly peer: string | undefined
}

/** Undefined when the request did not come by the entry whose hops are trusted; an IP-bound credential is then refused (DESIGN.md §5). */
export const clientAddress = ({ forwardedFor, peer }: Addressed, trustedHops: number): string | undefined => {
  if (trustedHops === 0) return canonicalAddress(peer)
  const hops = (forwardedFor ?? '').split(',').flatMap((hop) => (hop.trim() === '' ? [] : [hop.trim()]))
  return hops.length < trustedHops ? undefined : canonicalAddress(hops.at(-trustedHops))
}

/** One spelling for one address (RFC 5952); an IPv4 address inside IPv6 is that IPv4 address; anything else is none. */
export const canonicalAddress = (address: string | undefined): string | undefined => {
  if (address === undefined || isIP(address) === 0) return undefined
  if (isIP(address) === 4) return address
  if (address.includes('%')) return undefined // a zone means something on one host only
  const compressed = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(compressed) ?? []
  if (high === undefined || low === undefined) return compressed
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16)
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.')
}
