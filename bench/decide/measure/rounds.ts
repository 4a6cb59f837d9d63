// Interleaved rounds: everyone has a turn in every round, in a rotating order, so that drift of the machine hits all alike.
import { median } from '../../shared/median.ts'
import type { Contestant } from '../contestants/contestant.ts'
import type { Size, World } from '../world/model.ts'
import { type Latency, latencyOf } from './latency.ts'
import { sweepYoung } from './memory.ts'
import { makeRunner, type Runner, sizeBatch, turn } from './runner.ts'

export interface Figure {
  readonly contestant: Contestant
  /** Median over the rounds. */
  readonly checksPerSecond: number
  /** How many times faster the first contestant (ours) is on the same questions: median of the ratios within each round. */
  readonly oursIsTimes: number
  readonly bytes: number
  readonly questions: number
}

export interface SizeResult {
  readonly size: Size
  /** How many questions there are. */
  readonly asked: number
  readonly figures: readonly Figure[]
  readonly latency: Latency
}

const rounds = 9
const turnMilliseconds = 150

/** The first contestant is the one that the others are compared with. */
export const runRounds = async (
  world: World,
  contestants: readonly Contestant[],
  say: (line: string) => void,
): Promise<SizeResult> => {
  const runners: Runner[] = []
  for (const contestant of contestants) {
    if (contestant.asked?.[world.size.name] === 0) continue
    runners.push(await makeRunner(contestant, world))
    say(`  ${contestant.name}: gives the right answers`)
  }
  const [ours] = runners
  if (ours === undefined) throw new Error('nobody runs')
  const references = referencesFor(runners, ours)
  const times = await takeTurns([...new Set([...runners, ...references.values()])])
  const figures = runners.map((runner) =>
    figureOf(runner, times.get(runner) ?? [], times.get(references.get(runner.questions.length) ?? ours) ?? []),
  )
  return { size: world.size, asked: world.questions.length, figures, latency: latencyOf(ours) }
}

/** Who is asked few questions finds them in the processor's cache: so ours is asked the same few, to compare with. */
const referencesFor = (runners: readonly Runner[], ours: Runner): ReadonlyMap<number, Runner> =>
  new Map(
    runners.map(({ questions }) => [
      questions.length,
      questions.length === ours.questions.length ? ours : { ...ours, questions, batch: 1, cursor: 0 },
    ]),
  )

/** Nanoseconds per question of each, round by round. */
const takeTurns = async (runners: readonly Runner[]): Promise<ReadonlyMap<Runner, readonly number[]>> => {
  for (const runner of runners) await sizeBatch(runner, turnMilliseconds)
  const times = new Map(runners.map((runner): [Runner, number[]] => [runner, []]))
  for (let round = 0; round < rounds; round++) {
    const order = [...runners.slice(round % runners.length), ...runners.slice(0, round % runners.length)]
    for (const runner of order) {
      sweepYoung()
      times.get(runner)?.push(await turn(runner))
    }
  }
  return times
}

const figureOf = (runner: Runner, nanoseconds: readonly number[], reference: readonly number[]): Figure => ({
  contestant: runner.contestant,
  checksPerSecond: 1e9 / median(nanoseconds),
  oursIsTimes: median(nanoseconds.map((taken, round) => taken / (reference[round] ?? 0))),
  bytes: runner.bytes,
  questions: runner.questions.length,
})
