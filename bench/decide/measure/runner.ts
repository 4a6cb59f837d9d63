// One contestant ready to run: built, weighed, held against the right answers, and its batch sized to a time.
import type { Check, Contestant } from '../contestants/contestant.ts'
import type { Question, World } from '../world/model.ts'
import { weigh } from './memory.ts'

export interface Runner {
  readonly contestant: Contestant
  readonly check: Check
  readonly questions: readonly Question[]
  /** Live bytes; scaled to all users held where it holds only some. */
  readonly bytes: number
  /** Questions in one turn. */
  batch: number
  /** Where the next turn goes on in the questions. */
  cursor: number
}

export const questionsFor = ({ asked }: Contestant, { size, questions }: World): readonly Question[] =>
  questions.slice(0, asked?.[size.name] ?? questions.length)

export const makeRunner = async (contestant: Contestant, world: World): Promise<Runner> => {
  const questions = questionsFor(contestant, world)
  const { value, bytes } = await weigh(() => contestant.build(world, questions))
  const users = world.agencies.reduce((total, agency) => total + agency.users.length, 0)
  const scale = value.heldUsers === undefined ? 1 : users / value.heldUsers
  const runner: Runner = { contestant, check: value.check, questions, bytes: bytes * scale, batch: 1, cursor: 0 }
  await holdToAnswers(runner)
  return runner
}

/** Throws at the first wrong answer: a contestant that answers otherwise does not do the same work. */
const holdToAnswers = async ({ contestant, check, questions }: Runner): Promise<void> => {
  for (const question of questions) {
    const answer = await check(question)
    if (answer !== question.expected) {
      throw new Error(`${contestant.name} answers ${answer} to ${JSON.stringify(question)}`)
    }
  }
}

/** One turn; answers nanoseconds per question. */
export const turn = async (runner: Runner): Promise<number> => {
  const { contestant, questions, batch, cursor } = runner
  const began = process.hrtime.bigint()
  const allowed = contestant.asynchronous ? await askAwaited(runner) : ask(runner.check, questions, cursor, batch)
  const nanoseconds = Number(process.hrtime.bigint() - began)
  if (allowed < 0) throw new Error('unreachable: keeps the answers alive')
  runner.cursor = (cursor + batch) % questions.length
  return nanoseconds / batch
}

const ask = (check: Check, questions: readonly Question[], from: number, count: number): number => {
  let allowed = 0
  let at = from
  for (let asked = 0; asked < count; asked++) {
    const question = questions[at]
    if (question !== undefined && check(question) === true) allowed++
    at = at + 1 === questions.length ? 0 : at + 1
  }
  return allowed
}

const askAwaited = async ({ check, questions, batch, cursor }: Runner): Promise<number> => {
  let allowed = 0
  for (let asked = 0; asked < batch; asked++) {
    const question = questions[(cursor + asked) % questions.length]
    if (question !== undefined && (await check(question))) allowed++
  }
  return allowed
}

/** Grows the batch until a turn takes about `milliseconds`; warms the code up on the way. */
export const sizeBatch = async (runner: Runner, milliseconds: number): Promise<void> => {
  for (let tries = 0; tries < 24; tries++) {
    const taken = ((await turn(runner)) * runner.batch) / 1e6
    if (taken >= milliseconds / 2) {
      runner.batch = Math.max(1, Math.round((runner.batch * milliseconds) / taken))
      return
    }
    runner.batch *= 2
  }
}
