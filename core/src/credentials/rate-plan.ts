// How often a key may be used: a named plan or figures of its own, never more than the cap.
import * as z from 'zod'

export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

export const maxRate: Rate = { perSecond: 1_000, burst: 5_000 }

const plans = {
  trial: { perSecond: 1, burst: 10 },
  standard: { perSecond: 50, burst: 200 },
  high: { perSecond: 500, burst: 2_000 },
} as const satisfies Readonly<Record<string, Rate>>

export const ratePlan = z
  .enum(['trial', 'standard', 'high'])
  .or(
    z.strictObject({
      perSecond: z.int().min(1).max(maxRate.perSecond),
      burst: z.int().min(1).max(maxRate.burst),
    }),
  )
  .meta({ description: 'a named plan, or uses a second and how many at once' })

export type RatePlan = z.output<typeof ratePlan>

export const rateOf = (plan: RatePlan): Rate => (typeof plan === 'string' ? plans[plan] : plan)

/** A stored plan that cannot be read allows the least: it was meant to be a limit. */
export const storedRate = (value: unknown): Rate | undefined => {
  if (value === undefined) return undefined
  const plan = ratePlan.safeParse(value)
  return plan.success ? rateOf(plan.data) : { perSecond: 1, burst: 1 }
}

/** No plan is the widest. */
export const isRateWithin = (inner: Rate | undefined, outer: Rate | undefined): boolean => {
  if (outer === undefined) return true
  return inner !== undefined && inner.perSecond <= outer.perSecond && inner.burst <= outer.burst
}
