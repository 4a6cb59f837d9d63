// Makes the world of a size: which agencies its questions touch, those agencies, and questions of which half are allowed.
import { makeAgency, middle, windows } from './agency.ts'
import { reaches, rightAnswer } from './answer.ts'
import { accountPermissions, catalogue, shapes, splitName } from './catalogue.ts'
import type { Account, Agency, Question, Size, SizeName, User, World } from './model.ts'
import { type Random, randomOf } from './random.ts'

export const sizes: Readonly<Record<SizeName, Size>> = {
  S: { name: 'S', agencies: 10, accounts: 100, users: 1_000 },
  M: { name: 'M', agencies: 1_000, accounts: 20_000, users: 100_000 },
  L: { name: 'L', agencies: 100_000, accounts: 2_000_000, users: 3_000_000 },
}

export const questionCount = 100_000
const halfRange = 45 * 86_400_000

export const makeWorld = (size: Size, seed: number): World => {
  const random = randomOf(seed, size.agencies)
  const counts = new Map<number, number[]>()
  for (let asked = 0; asked < questionCount; asked++) {
    const index = random.below(size.agencies)
    counts.set(index, [...(counts.get(index) ?? []), asked])
  }
  const questions = new Array<Question>(questionCount)
  const agencies: Agency[] = []
  const elsewhere: Account[] = []
  for (const [index, places] of [...counts].sort(([left], [right]) => left - right)) {
    const agency = makeAgency(seed, size, index)
    const made = places.map((place) => makeQuestion(random, agency, elsewhere, place))
    places.forEach((place, at) => {
      questions[place] = made[at] ?? missing()
    })
    if (size.name === 'L') keepNamed(agency, made)
    elsewhere.push(...agency.accounts.slice(0, 1))
    agencies.push(agency)
  }
  return { size, agencies, shapes, windows, questions }
}

const missing = (): never => {
  throw new Error('a question was not made')
}

/** At L nobody holds more than what some question names. */
const keepNamed = (agency: Agency, made: readonly Question[]): void => {
  const users = new Set(made.map(({ userIndex }) => userIndex))
  const accounts = new Set(made.map(({ accountIndex }) => accountIndex))
  agency.users = agency.users.filter(({ index }) => users.has(index))
  agency.accounts = agency.accounts.filter(({ index }) => accounts.has(index))
}

const makeQuestion = (random: Random, agency: Agency, elsewhere: readonly Account[], index: number): Question => {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const user = random.pick(agency.users)
    const account = pickAccount(random, user, elsewhere)
    const question = { ...ask(random, user, account), index }
    if (question.expected === (index % 2 === 0)) return question
  }
  throw new Error('no such question in a thousand')
}

/** Mostly an account that the user reaches; sometimes any of the agency, now and then one of another agency. */
const pickAccount = (random: Random, user: User, elsewhere: readonly Account[]): Account => {
  const chance = random.below(100)
  if (chance < 3 && elsewhere.length > 0) return random.pick(elsewhere)
  if (chance < 20) return random.pick(user.agency.accounts)
  const assignment = random.pick(user.assignments)
  return random.pick(user.agency.accounts.filter((account) => reaches(assignment, account)))
}

const ask = (random: Random, user: User, account: Account): Omit<Question, 'index'> => {
  const entry = random.pick(accountPermissions)
  const [resourceName, actionName] = splitName(entry.name)
  const time = middle - halfRange + random.below(2 * halfRange)
  const resource = { ownerId: random.chance(0.5) ? user.id : random.text(28) }
  return {
    user: copy(user.id),
    userIndex: user.index,
    account: copy(account.id),
    accountIndex: account.index,
    permission: entry.name,
    permissionNumber: catalogue.permissionByName.get(entry.name)?.number ?? 0,
    resourceName,
    actionName,
    resource,
    request: { time: new Date(time) },
    time,
    scoped: entry.critical !== true && random.chance(0.5),
    expected: rightAnswer(user, account, { permission: entry.name, resource, time }),
  }
}

/** A question's ids come from outside: equal to those of the world, not the same strings. */
const copy = (text: string): string => Buffer.from(text).toString()
