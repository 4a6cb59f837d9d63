// A key's rate plan shared out to the processes that use it: each counts by itself, and all together let through at most twice the plan.

/** What one process holds. */
export interface Lease {
  readonly perSecond: number
  /** Milliseconds since the epoch. */
  readonly until: number
}

export type Leases = Readonly<Record<string, Lease>>

/** Processes report every ten seconds; one that is a little late keeps what it has. */
export const leaseSeconds = 12
/** More would each get next to nothing. */
const maxProcesses = 200

export interface Asking {
  readonly process: string
  readonly perSecond: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * An equal share for whoever asks, but never more than half of what is left of twice the plan: a process that comes finds the others
 * still holding the shares of a smaller number until their next report, and so each that comes at the same time has something.
 */
export const leaseFor = (
  held: Leases,
  { process, perSecond, now }: Asking,
): { readonly lease: Lease; readonly leases: Leases } => {
  const others = Object.entries(held).filter(([name, { until }]) => name !== process && until > now)
  const given = others.reduce((sum, [, lease]) => sum + lease.perSecond, 0)
  const share = perSecond / (others.length + 1)
  const left = Math.max(0, 2 * perSecond - given)
  const lease = { perSecond: Math.min(share, left / 2), until: now + leaseSeconds * 1_000 }
  if (others.length >= maxProcesses) return { lease: { ...lease, perSecond: 0 }, leases: Object.fromEntries(others) }
  return { lease, leases: Object.fromEntries([...others, [process, lease]]) }
}
