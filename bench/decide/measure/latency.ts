// The time of single checks: each call timed on its own, less what the clock itself takes.
import { quantile } from '../../shared/median.ts'
import type { Runner } from './runner.ts'

/** Nanoseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly p999: number
}

const samples = 100_000

const clockCost = (): number => {
  const taken: number[] = []
  for (let sample = 0; sample < samples; sample++) {
    const began = process.hrtime.bigint()
    taken.push(Number(process.hrtime.bigint() - began))
  }
  return quantile(taken, 0.5)
}

/** One call a sample, over all questions in turn. */
export const latencyOf = ({ check, questions }: Pick<Runner, 'check' | 'questions'>): Latency => {
  const clock = clockCost()
  const taken: number[] = []
  for (let sample = 0; sample < samples; sample++) {
    const question = questions[sample % questions.length]
    if (question === undefined) break
    const began = process.hrtime.bigint()
    check(question)
    taken.push(Math.max(0, Number(process.hrtime.bigint() - began) - clock))
  }
  return { p50: quantile(taken, 0.5), p99: quantile(taken, 0.99), p999: quantile(taken, 0.999) }
}
