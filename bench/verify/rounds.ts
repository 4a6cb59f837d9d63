// Interleaved rounds: everyone has a turn in every round, in a rotating order; medians of the turns.
import { setImmediate } from 'node:timers/promises'
import { median, quantile } from '../shared/median.ts'
import type { Contest, Contestant } from './contestant.ts'

const rounds = 9
const turnMilliseconds = 150
const latencySamples = 2_000

export interface Figure {
  readonly contestant: Contestant
  readonly perSecond: number
  /** How many times as fast as the first contestant: median of the ratios within the rounds. */
  readonly timesFirst: number
  /** Nanoseconds of one operation alone; undefined for those that keep several in the air. */
  readonly p99: number | undefined
}

interface Runner {
  readonly contestant: Contestant
  batch: number
  cursor: number
  readonly nanoseconds: number[]
}

const accepted = (answer: boolean, { name }: Contestant): void => {
  if (!answer) throw new Error(`${name} refuses what is good`)
}

const askInTurn = async ({ contestant, batch, cursor }: Runner): Promise<void> => {
  for (let count = 0; count < batch; count++) {
    const answer = contestant.ask(cursor + count)
    accepted(typeof answer === 'boolean' ? answer : await answer, contestant)
  }
}

const askTogether = async ({ contestant, batch, cursor }: Runner, inFlight: number): Promise<void> => {
  let next = cursor
  const worker = async (): Promise<void> => {
    while (next < cursor + batch) accepted(await contestant.ask(next++), contestant)
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

/** Nanoseconds per operation. */
const turn = async (runner: Runner): Promise<number> => {
  const { inFlight = 1 } = runner.contestant
  const began = process.hrtime.bigint()
  await (inFlight === 1 ? askInTurn(runner) : askTogether(runner, inFlight))
  const taken = Number(process.hrtime.bigint() - began) / runner.batch
  runner.cursor += runner.batch
  // A loop over promises that are already settled lets nothing else run: between turns, sockets have theirs.
  await setImmediate()
  return taken
}

const sizeBatch = async (runner: Runner): Promise<void> => {
  for (let tries = 0; tries < 24; tries++) {
    const taken = ((await turn(runner)) * runner.batch) / 1e6
    if (taken >= turnMilliseconds / 2) {
      const least = 4 * (runner.contestant.inFlight ?? 1)
      runner.batch = Math.max(least, Math.round((runner.batch * turnMilliseconds) / taken))
      return
    }
    runner.batch *= 2
  }
}

const latencyOf = async ({ ask, inFlight = 1 }: Contestant): Promise<number | undefined> => {
  if (inFlight > 1) return undefined
  const taken: number[] = []
  for (let sample = 0; sample < latencySamples; sample++) {
    const began = process.hrtime.bigint()
    const answer = ask(sample)
    if (typeof answer !== 'boolean') await answer
    taken.push(Number(process.hrtime.bigint() - began))
  }
  return quantile(taken, 0.99)
}

export const runContest = async ({ contestants }: Contest, say: (line: string) => void): Promise<readonly Figure[]> => {
  const runners = contestants.map((contestant): Runner => ({ contestant, batch: 1, cursor: 0, nanoseconds: [] }))
  for (const runner of runners) {
    await sizeBatch(runner)
    say(`  ${runner.contestant.name}: ready`)
  }
  for (let round = 0; round < rounds; round++) {
    const first = round % runners.length
    for (const runner of [...runners.slice(first), ...runners.slice(0, first)]) {
      runner.nanoseconds.push(await turn(runner))
    }
  }
  const reference = runners[0]?.nanoseconds ?? []
  const figures: Figure[] = []
  for (const { contestant, nanoseconds } of runners) {
    const timesFirst = median(nanoseconds.map((taken, round) => (reference[round] ?? 0) / taken))
    figures.push({ contestant, perSecond: 1e9 / median(nanoseconds), timesFirst, p99: await latencyOf(contestant) })
  }
  return figures
}
