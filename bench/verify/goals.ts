// The goals set for verification, each beside what was measured, met or not.
import { perSecond, table, times } from '../shared/numbers.ts'
import type { Figure } from './rounds.ts'

interface Goal {
  readonly goal: string
  readonly measured: string
  readonly met: boolean
}

const named = (figures: readonly Figure[], part: string): readonly Figure[] =>
  figures.filter(({ contestant }) => contestant.name.includes(part))

/** The best of ours against the first contestant of its table. */
const ratio = (goal: string, figures: readonly Figure[], part: string, least: number): Goal => {
  const best = Math.max(0, ...named(figures, part).map(({ timesFirst }) => timesFirst))
  return { goal, measured: times(best), met: best >= least }
}

const rate = (goal: string, figures: readonly Figure[], least: number): Goal => {
  const best = Math.max(0, ...named(figures, 'SDK').map((one) => one.perSecond))
  return { goal, measured: `${perSecond(best)}/s`, met: best >= least }
}

const against = (goal: string, figures: readonly Figure[], peer: string, least: number): Goal => {
  const [ours, theirs] = [named(figures, 'SDK')[0], named(figures, peer)[0]]
  const factor = (ours?.perSecond ?? 0) / (theirs?.perSecond ?? 1)
  return { goal, measured: times(factor), met: factor >= least }
}

export interface Measured {
  readonly miss: readonly Figure[]
  readonly seen: readonly Figure[]
  readonly keys: readonly Figure[]
  readonly http: readonly Figure[]
}

export const goalsOf = ({ miss, seen, keys, http }: Measured): string => {
  const goals = [
    ratio('an unseen token at 0.9× raw `node:crypto` or more', miss, 'Latchkey', 0.9),
    rate('warm `authenticate` and `require` with a token at 500k a second or more', seen, 500_000),
    rate('and with an API key', keys, 500_000),
    against('an API key at 100× better-auth or more', keys, 'better-auth', 100),
    ratio('`POST /v1/credentials/verify` warm at 0.6× an empty function or more', http, 'verify', 0.6),
  ]
  const rows = goals.map(({ goal, measured, met }) => [goal, measured, met ? 'met' : '**missed**'])
  return table(['goal', 'measured', ''], rows)
}
