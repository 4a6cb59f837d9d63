// Facts that were put together, of all credentials of a process: so many and no more, the oldest go first.
import type { TenantId } from '@latchkey/core/kernel/ids'
import { instantOf, isOver } from '@latchkey/core/kernel/time'
import { type Clocks, type Moment, momentOf } from '../clocks.ts'
import type { FactStore } from './fact-store.ts'
import type { FactsAt } from './facts-of.ts'

/** About fourteen kilobytes each; from facts that are kept, others are put together without a call. */
const maxAssembled = 4_000
const tidyMilliseconds = 10_000

/** Of one credential. */
export type FactsByTenant = Map<TenantId, FactsAt>

export interface AssembledFacts {
  /** Keeps it there until it is one too many, or no longer stands. */
  readonly keep: (place: Place, found: FactsAt) => void
}

interface Place {
  readonly of: FactsByTenant
  readonly tenant: TenantId
}

export const assembledFacts = (clocks: Clocks, { stands }: Pick<FactStore, 'stands'>): AssembledFacts => {
  const kept = new Map<FactsAt, Place>()
  let tidyAt = -Infinity
  const drop = (found: FactsAt, { of, tenant }: Place): void => {
    kept.delete(found)
    if (of.get(tenant) === found) of.delete(tenant)
  }
  const tidy = (now: Moment): void => {
    if (now.steady < tidyAt) return
    tidyAt = now.steady + tidyMilliseconds
    for (const [found, place] of kept) {
      if (!stands(found.startedAt, found.generation, now.steady) || isEnded(found, now)) drop(found, place)
    }
  }
  return {
    keep: (place, found) => {
      tidy(momentOf(clocks))
      const before = place.of.get(place.tenant)
      if (before !== undefined) drop(before, place)
      place.of.set(place.tenant, found)
      kept.set(found, place)
      const [oldest] = kept
      if (kept.size > maxAssembled && oldest !== undefined) drop(...oldest)
    },
  }
}

const isEnded = ({ facts }: FactsAt, { wall }: Moment): boolean =>
  facts.ok && isOver(facts.value.token.notAfter, instantOf(wall))
