// An explanation as it leaves the house: plain values, moments as text.
import type { Explanation } from '@latchkey/core/access/explain/explain'
import type { Fix } from '@latchkey/core/access/explain/fixes'
import { toIso } from '@latchkey/core/kernel/time'
import type { Admitted } from '../../../guard/admitted.ts'
import { type AskedInput, type Sources, shownTenants } from './asked.ts'

export const traceViewOf = ({ decidedBy, chain, steps, considered }: Explanation, sources: Sources) => ({
  decidedBy,
  chain: chain.map((node) => ({ ...node })),
  steps: steps.map(({ keyCaps, ...step }) => ({
    ...step,
    ...(keyCaps === undefined ? {} : { keyCaps: keyCaps.map((cap) => ({ ...cap })) }),
  })),
  considered: considered.map(({ condition, until, ...one }) => ({
    ...one,
    ...(condition === undefined ? {} : { condition }),
    ...(until === undefined ? {} : { expiresAt: toIso(until) }),
  })),
  sources: [...sources],
})

/** Without the assignments, and what would mend them, of tenants above where the asker may not see who holds what. */
export const shownTo = (admitted: Admitted<AskedInput>, why: Explanation): Explanation => {
  const shown = shownTenants(admitted)
  const considered = why.considered.filter(({ at }) => shown.has(at))
  const known = new Set(considered.map(({ assignment }) => assignment))
  return { ...why, considered, fixes: why.fixes.filter((fix) => !('assignment' in fix) || known.has(fix.assignment)) }
}

type Mutable<Value> = Value extends readonly (infer Item)[] ? Item[] : Value
type Plain<Value> = Value extends unknown ? { -readonly [Key in keyof Value]: Mutable<Value[Key]> } : never

/** The same values; the wire's types only have no `readonly`. */
export const fixViewsOf = (fixes: readonly Fix[]): Plain<Fix>[] => fixes.map((fix) => ({ ...fix }) as Plain<Fix>)
