// What a process remembers of its own traffic until it is reported: counts by credential, samples of denials, differences to a legacy check.
import { permissionName } from '@latchkey/core/access/contract/names'
import type { Decision } from '@latchkey/core/access/decision'
import type { UsageReport } from '@latchkey/core/credentials/usage'
import { LRUCache } from 'lru-cache'
import type { Standing } from '../standing.ts'
import { maxKeys, type Rates } from './rates.ts'

export interface UsageNotes {
  /** Counts a request; answers the seconds to wait when the key's plan is used up, or 0. `now`: milliseconds since the epoch. */
  readonly used: (standing: Standing, now: number) => number
  readonly decided: (standing: Standing, decision: Decision) => void
  readonly compared: (permission: string, answers: Answers) => void
  /** What is new since the last time, as reports of the size that is taken; none when nothing is. */
  readonly take: () => readonly Report[]
  /** A report that did not arrive: its last uses are told again with the next one. Its counts are lost. */
  readonly missed: (report: Report) => void
}

export type Report = Omit<UsageReport, 'process'>

export interface Answers {
  readonly ours: Word
  readonly legacy: Word
}

export type Word = 'allowed' | 'denied' | 'unknown'

type Use = { -readonly [Field in keyof UsageReport['uses'][number]]: UsageReport['uses'][number][Field] }
type Denial = { -readonly [Field in keyof UsageReport['denials'][number]]: UsageReport['denials'][number][Field] }
type Difference = {
  -readonly [Field in keyof UsageReport['differences'][number]]: UsageReport['differences'][number][Field]
}

/** Bounds what a flood can make a process remember; beyond it, the rest is not counted one by one. */
const maxUses = 1_000
const maxSamples = 100
/** Each is a transaction at the server: who waits for the longest comes first. */
const maxLeases = 1_000
const leasesOfOne = 100
/** When a secret was last used is told at once, and then once an hour by each process: more would be written down by nobody. */
const toldMilliseconds = 3_600_000

interface Noted {
  readonly uses: Map<string, Use>
  readonly denials: Map<string, Denial>
  readonly differences: Map<string, Difference>
  /** Keys with a plan that were used, each with a secret of it. */
  readonly planned: Map<string, string>
}

const nothingYet = (): Noted => ({ uses: new Map(), denials: new Map(), differences: new Map(), planned: new Map() })

export const usageNotes = (rates: Rates): UsageNotes => {
  let noted = nothingYet()
  const lastUses = toldUses()
  return {
    used: (standing, now) => {
      const use = useOf(noted, standing)
      if (use !== undefined) {
        use.count++
        if (lastUses.isDue(standing, now)) use.lastUsedAt = now
      }
      if (standing.rate === undefined || standing.secret === undefined) return 0
      const { credential, secret, rate } = standing
      if (noted.planned.size < maxKeys || noted.planned.has(credential)) noted.planned.set(credential, secret)
      return rates.take(credential, rate)
    },
    decided: (standing, decision) => {
      if (!decision.allowed && isPermission(decision.permission)) noteDenial(noted, standing, decision)
    },
    compared: (permission, answers) => {
      if (isPermission(permission)) noteDifference(noted, permission, answers)
    },
    take: () => {
      const { uses, denials, differences, planned } = noted
      noted = nothingYet()
      const [leases = [], ...more] = inHundreds(longestWaiting(planned, rates))
      if (uses.size + differences.size + leases.length === 0) return []
      const counted = { uses: [...uses.values()], denials: [...denials.values()] }
      const first = { ...counted, differences: [...differences.values()], leases }
      return [first, ...more.map((others) => ({ uses: [], denials: [], differences: [], leases: others }))]
    },
    missed: lastUses.forget,
  }
}

/** Of which secrets it was told within the hour when they were last used; of those in their overlap, every time. */
const toldUses = () => {
  const told = new LRUCache<string, number>({ max: maxKeys })
  return {
    /** Notes it as told, too. */
    isDue: ({ secret, isRotatedAway }: Standing, now: number): boolean => {
      if (secret === undefined) return false
      const last = isRotatedAway ? undefined : told.get(secret)
      const isDue = last === undefined || Math.abs(now - last) >= toldMilliseconds
      if (isDue) told.set(secret, now)
      return isDue
    },
    /** The report was lost. */
    forget: ({ uses }: Pick<Report, 'uses'>): void => {
      for (const { secret, lastUsedAt } of uses) if (lastUsedAt > 0) told.delete(secret)
    },
  }
}

/** Their secrets, those first that never had a lease. */
const longestWaiting = (planned: ReadonlyMap<string, string>, { leasedAt }: Rates): string[] => {
  const waiting = [...planned].map(([key, secret]) => ({ secret, since: leasedAt(key) ?? -Infinity }))
  if (waiting.length > maxLeases) waiting.sort((one, other) => (one.since < other.since ? -1 : 1))
  return waiting.slice(0, maxLeases).map(({ secret }) => secret)
}

const inHundreds = (secrets: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(secrets.length / leasesOfOne) }, (_, part) =>
    secrets.slice(part * leasesOfOne, (part + 1) * leasesOfOne),
  )

/** One that is none would cost the whole report. */
const isPermission = (permission: string): boolean => permissionName.safeParse(permission).success

/** Undefined for sign-ins, which are recorded where they are made, and for more than can be remembered. */
const useOf = ({ uses }: Noted, { secret }: Standing): Use | undefined => {
  if (secret === undefined) return undefined
  const found = uses.get(secret)
  if (found !== undefined || uses.size >= maxUses) return found
  const made = { secret, count: 0, denied: 0, lastUsedAt: 0 }
  uses.set(secret, made)
  return made
}

const noteDenial = (noted: Noted, standing: Standing, { code, permission }: Decision): void => {
  const use = useOf(noted, standing)
  if (use === undefined) return
  use.denied++
  const name = `${use.secret} ${permission} ${code}`
  const kept = noted.denials.get(name)
  if (kept !== undefined) kept.count++
  else if (noted.denials.size < maxSamples) {
    noted.denials.set(name, { secret: use.secret, permission, code, count: 1 })
  }
}

const noteDifference = ({ differences }: Noted, permission: string, { ours, legacy }: Answers): void => {
  if (ours === legacy) return
  const name = `${permission} ${ours} ${legacy}`
  const kept = differences.get(name)
  if (kept !== undefined) kept.count++
  else if (differences.size < maxSamples) differences.set(name, { permission, ours, legacy, count: 1 })
}
