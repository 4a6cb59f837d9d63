// An explanation as it leaves the house: plain values, moments as text.
import type { Explanation } from '@latchkey/core/access/explain/explain'
import type { Fix } from '@latchkey/core/access/explain/fixes'
import { toIso } from '@latchkey/core/kernel/time'
import type { Sources } from './asked.ts'

export const traceViewOf = ({ decidedBy, chain, steps, considered }: Explanation, sources: Sources) => ({
  decidedBy,
  chain: chain.map((node) => ({ ...node })),
  steps: steps.map((step) => ({ ...step })),
  considered: considered.map(({ condition, until, ...one }) => ({
    ...one,
    ...(condition === undefined ? {} : { condition }),
    ...(until === undefined ? {} : { expiresAt: toIso(until) }),
  })),
  sources: [...sources],
})

type Mutable<Value> = Value extends readonly (infer Item)[] ? Item[] : Value
type Plain<Value> = Value extends unknown ? { -readonly [Key in keyof Value]: Mutable<Value[Key]> } : never

/** The same values; the wire's types only have no `readonly`. */
export const fixViewsOf = (fixes: readonly Fix[]): Plain<Fix>[] => fixes.map((fix) => ({ ...fix }) as Plain<Fix>)
