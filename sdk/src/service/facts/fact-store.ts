// What a process has loaded and still believes: bounded, single-flight, absolute in age, and forgotten for good when a change was heard of.
import { LRUCache } from 'lru-cache'
import type { Clocks } from '../clocks.ts'
import { LatchkeyRefusal, unavailable } from '../refused.ts'

/** One second less than the five that are promised: the way through the network counts, too. */
export const factLifeMilliseconds = 4_000
/** Whatever a change feed says, nothing is believed for longer. */
export const longestLifeMilliseconds = 600_000
const failureHoldMilliseconds = 250
/** About two kilobytes each. */
const maxFacts = 40_000
const maxTries = 3

export interface Loaded<Value> {
  readonly value: Value
  /** The database's snapshot that it was read from. */
  readonly asOf: string
  /** In milliseconds; for what must be asked again sooner. `Infinity`: it never changes. */
  readonly life?: number
  /** What makes it forgotten beside what its name says, known only when it was read. */
  readonly containers?: readonly string[]
}

export interface Wanted<Value> {
  readonly name: string
  /** What a change is announced as; any of them makes this forgotten. */
  readonly containers: readonly string[]
  readonly read: () => Promise<Loaded<Value>>
}

export interface Fact<Value> extends Loaded<Value> {
  readonly containers: readonly string[]
  /** By the steady clock, when its reading began. */
  readonly startedAt: number
  readonly turn: number
}

/** As the store holds it. */
interface Held extends Fact<unknown> {
  /** Another reading took its place, or it was dropped: whoever kept it must ask anew. */
  superseded: boolean
  /** The generation at which nothing that it rests on had been announced since it was read. */
  standsAt: number
}

/** Whether changes since that moment of the steady clock would have been heard of. */
export interface Hearing {
  readonly covers: (startedAt: number, now?: number) => boolean
}

export interface FactStore {
  /** What is kept and still believed, from that snapshot or a later one; undefined when it has to be loaded. */
  readonly kept: <Value>(wanted: Wanted<Value>, atLeast?: string) => Fact<Value> | undefined
  /** The same of a fact that was kept before: whether `kept` would still answer with this very one. `now`: by the steady clock. */
  readonly believes: (fact: Fact<unknown>, now: number, atLeast?: string) => boolean
  /** What was read last, believed or not. */
  readonly last: <Value>(wanted: Wanted<Value>) => Fact<Value> | undefined
  /**
   * Reads it, once for all who ask at the same time; rejects with `unavailable` when that fails.
   * `atLeast`: a reading from an older snapshot does, when it began after this was asked.
   */
  readonly load: <Value>(wanted: Wanted<Value>, atLeast?: string) => Promise<Fact<Value>>
  /** Whether something put together from facts that old, at that generation, still stands. */
  readonly stands: (startedAt: number, generation: number, now?: number) => boolean
  /** Goes up with everything that is forgotten. */
  readonly generation: () => number
  readonly forget: (container: string) => void
}

interface Flight {
  readonly turn: number
  readonly fact: Promise<Fact<unknown>>
}

/** Everything that a store holds; its turns order what was begun and what was announced. */
interface Shelf {
  readonly clocks: Clocks
  readonly facts: LRUCache<string, Held>
  readonly flights: Map<string, Flight>
  readonly failures: LRUCache<string, { readonly until: number; readonly error: unknown }>
  readonly tombs: ReturnType<typeof tombstones>
  turn: number
  generation: number
}

export const factStore = (clocks: Clocks, hearing: Hearing): FactStore => {
  const shelf: Shelf = {
    clocks,
    facts: new LRUCache({ max: maxFacts, dispose: supersede }),
    flights: new Map(),
    failures: new LRUCache({ max: 10_000 }),
    tombs: tombstones(),
    turn: 0,
    generation: 0,
  }
  const isYoung = (startedAt: number, life: number, now: number): boolean => {
    const age = now - startedAt
    if (life !== factLifeMilliseconds) return age < life
    return age < life || (age < longestLifeMilliseconds && hearing.covers(startedAt, now))
  }
  const believes = (fact: Held, now: number, atLeast?: string): boolean =>
    isUnchanged(shelf, fact) &&
    isYoung(fact.startedAt, fact.life ?? factLifeMilliseconds, now) &&
    !isOlder(fact, atLeast)
  return {
    // Casts: under one name there is only ever what its `read` gave.
    kept: <Value>({ name }: Wanted<Value>, atLeast?: string) => {
      const fact = shelf.facts.get(name)
      return fact !== undefined && believes(fact, clocks.steady(), atLeast) ? (fact as Fact<Value>) : undefined
    },
    // Casts: every fact that left this store is one that it made.
    believes: (fact, now, atLeast) => !(fact as Held).superseded && believes(fact as Held, now, atLeast),
    last: <Value>({ name }: Wanted<Value>) => shelf.facts.peek(name) as Fact<Value> | undefined,
    load: <Value>(wanted: Wanted<Value>, atLeast?: string) => loadSince(shelf, wanted, atLeast) as Promise<Fact<Value>>,
    stands: (startedAt, made, now = clocks.steady()) =>
      made === shelf.generation && isYoung(startedAt, factLifeMilliseconds, now),
    generation: () => shelf.generation,
    forget: (container) => {
      shelf.generation++
      shelf.tombs.bury(container, ++shelf.turn)
    },
  }
}

/** Whether nothing that it rests on was announced since it was read: looked up once in each generation. */
const isUnchanged = ({ generation, tombs }: Shelf, fact: Held): boolean => {
  if (fact.standsAt === generation) return true
  if (fact.turn <= tombs.lastOf(fact.containers)) return false
  fact.standsAt = generation
  return true
}

const supersede = (fact: Held): void => {
  fact.superseded = true
}

/** What never changes is of no age. */
export const isOlder = ({ asOf, life }: Fact<unknown>, atLeast: string | undefined): boolean =>
  atLeast !== undefined && life !== Number.POSITIVE_INFINITY && asOf < atLeast

/** A reading that others had begun may be too old; the next one began after this was asked. */
const loadSince = async (
  shelf: Shelf,
  wanted: Wanted<unknown>,
  atLeast: string | undefined,
): Promise<Fact<unknown>> => {
  const joined = shelf.flights.has(wanted.name)
  const fact = await loadOnce(shelf, wanted)
  return joined && isOlder(fact, atLeast) ? loadOnce(shelf, wanted) : fact
}

/** Joins a reading that began after the last change was heard of, or begins one. */
const loadOnce = (shelf: Shelf, wanted: Wanted<unknown>): Promise<Fact<unknown>> => {
  const { clocks, flights, failures, tombs } = shelf
  const failed = failures.get(wanted.name)
  if (failed !== undefined && clocks.steady() < failed.until) return Promise.reject(failed.error)
  const running = flights.get(wanted.name)
  if (running !== undefined && running.turn > tombs.lastOf(wanted.containers)) return running.fact
  const flight: Flight = {
    turn: shelf.turn + 1,
    fact: readWhole(shelf, wanted)
      .catch((error: unknown) => {
        const known = error instanceof LatchkeyRefusal ? error : unavailable(`${wanted.name}: ${String(error)}`)
        failures.set(wanted.name, { until: clocks.steady() + failureHoldMilliseconds, error: known })
        throw known
      })
      .finally(() => {
        if (flights.get(wanted.name) === flight) flights.delete(wanted.name)
      }),
  }
  flights.set(wanted.name, flight)
  return flight.fact
}

const readWhole = async (shelf: Shelf, wanted: Wanted<unknown>): Promise<Fact<unknown>> => {
  const { clocks, facts, tombs } = shelf
  for (let tries = 1; ; tries++) {
    const [startedAt, mine] = [clocks.steady(), ++shelf.turn]
    const loaded = await wanted.read()
    const containers = [...wanted.containers, ...(loaded.containers ?? [])]
    if (mine <= tombs.lastOf(containers)) {
      // A change was heard of while this was read: it may be from before.
      if (tries < maxTries) continue
      throw unavailable(`${wanted.name} changes faster than it can be read`)
    }
    const fact: Held = { ...loaded, startedAt, turn: mine, containers, superseded: false, standsAt: -1 }
    // Of two readings the one that began later saw more.
    if ((facts.get(wanted.name)?.turn ?? 0) < mine) facts.set(wanted.name, fact)
    else supersede(fact)
    return fact
  }
}

const maxTombstones = 100_000

/** When each container was last announced. What no longer fits counts as announced for everything: that only costs reading again. */
const tombstones = () => {
  const buried = new Map<string, number>()
  let floor = 0
  return {
    bury: (container: string, turn: number): void => {
      buried.delete(container)
      buried.set(container, turn)
      const [oldest] = buried
      if (buried.size <= maxTombstones || oldest === undefined) return
      buried.delete(oldest[0])
      floor = Math.max(floor, oldest[1])
    },
    lastOf: (containers: readonly string[]): number => {
      let last = floor
      for (const container of containers) last = Math.max(last, buried.get(container) ?? 0)
      return last
    },
  }
}
