// The client's address: as many proxies of ours from the right as are configured, and nothing that a client can write itself.

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

/** An IPv4 address inside IPv6 is that IPv4 address. */
const canonicalAddress = (address: string | undefined): string | undefined =>
  address?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').toLowerCase()
