// Keeps refusals of those who can see the tenant, an hour's worth in one document, so that their owner can find out what went wrong.
import { days, type Instant, plusSeconds } from '@latchkey/core/kernel/time'
import { LRUCache } from 'lru-cache'
import type { Denial } from '../../../guard/dependencies.ts'
import { sha256 } from '../../../platform/seal.ts'
import type { Operate } from '../../../platform/store/operate.ts'
import { timestampOf } from '../../../platform/store/reader.ts'

export type NoteDenial = (denial: Denial) => Promise<void>

const lifeSeconds = days(7)
const hourMilliseconds = 3_600_000
/** The same refusal is written at most this often by one instance: nobody floods a tenant by being refused. */
const sampleMilliseconds = 10_000
/** All of one credential's refusals together, a minute and instance. */
const mostPerMinute = 30

interface Counted {
  count: number
  readonly firstAt: Instant
  writtenAt: Instant | undefined
}

export const denialNoter = (operate: Operate): NoteDenial => {
  const counted = new LRUCache<string, Counted>({ max: 10_000 })
  const budgets = new LRUCache<string, number>({ max: 10_000 })
  return async (denial) => {
    const id = idOf(denial)
    const seen = counted.get(id) ?? { count: 0, firstAt: denial.now, writtenAt: undefined }
    seen.count++
    counted.set(id, seen)
    if (seen.writtenAt !== undefined && denial.now - seen.writtenAt < sampleMilliseconds) return
    const budget = `${denial.principal} ${denial.credential} ${Math.floor(denial.now / 60_000)}`
    const spent = budgets.get(budget) ?? 0
    if (spent >= mostPerMinute) return
    budgets.set(budget, spent + 1)
    seen.writtenAt = denial.now
    await operate
      .write({ kind: 'set', path: `tenants/${denial.tenant}/denials/${id}`, fields: fieldsOf(denial, seen) })
      .catch(
        () => undefined, // a refusal stays a refusal when it cannot be kept
      )
  }
}

/** Lists run in the order of ids: the newest hour comes first. */
const idOf = ({ principal, credential, operation, permission, code, tenant, now }: Denial): string => {
  const hour = String(9_999_999_999 - Math.floor(now / hourMilliseconds)).padStart(10, '0')
  return `${hour}-${sha256([tenant, principal, credential, operation, permission ?? '', code].join('\n'))}`
}

const fieldsOf = (
  { principal, credential, operation, permission, code, now }: Denial,
  { count, firstAt }: Counted,
) => ({
  principal,
  credential,
  operation,
  ...(permission === undefined ? {} : { permission }),
  code,
  count,
  firstAt: timestampOf(firstAt),
  lastAt: timestampOf(now),
  expiresAt: timestampOf(plusSeconds(now, lifeSeconds)),
})
