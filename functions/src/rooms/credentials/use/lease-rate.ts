// `limits/rate-{key}`: which processes hold how much of a key's plan.
import { type Asking, type Leases, leaseFor, leaseSeconds } from '@latchkey/core/credentials/lease'
import type { leaseView } from '@latchkey/core/credentials/usage'
import { instantOf } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Operate } from '../../../platform/store/operate.ts'
import { timestampOf } from '../../../platform/store/reader.ts'
import { turns } from '../../../platform/turns.ts'

export type LeaseRate = (key: string, asking: Asking) => Promise<z.output<typeof leaseView>>

/** Processes that come at the same moment would only break each other's transactions. */
const mostWaiting = 500

export const rateLeaser = (operate: Operate): LeaseRate => {
  const take = turns(1, mostWaiting)
  return (key, asking) =>
    take(key, () =>
      operate.transact(async (read) => {
        const path = `limits/rate-${key}`
        const [stored] = await read.getAll([path])
        const { lease, leases } = leaseFor(leasesIn(stored?.['leases']), asking)
        const fields = { leases, expiresAt: timestampOf(instantOf(lease.until)) }
        return {
          writes: [{ kind: 'set', path, fields }],
          value: { perSecond: lease.perSecond, seconds: leaseSeconds },
        }
      }),
    )
}

/** Written above; what cannot be read holds nothing. */
const leasesIn = (value: unknown): Leases => {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).filter(
      (pair): pair is [string, Leases[string]] =>
        typeof pair[1]?.perSecond === 'number' && typeof pair[1]?.until === 'number',
    ),
  )
}
