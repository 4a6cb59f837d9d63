// What a process has loaded and still believes: bounded, single-flight, absolute in age, and forgotten for good when a change was heard of.
import { LRUCache } from 'lru-cache'
import type { Clocks } from '../clocks.ts'
import { LatchkeyRefusal, unavailable } from '../refused.ts'

/** One second less than the five that are promised: the way through the network counts, too. */
export const factLifeMilliseconds = 4_000
/** Whatever a change feed says, nothing is believed for longer. */
export const longestLifeMilliseconds = 600_000
const failureHoldMilliseconds = 250
const maxFacts = 100_000
const maxTries = 3

export interface Loaded<Value> {
  readonly value: Value
  /** The database's snapshot that it was read from. */
  readonly asOf: string
  /** In milliseconds; for what must be asked again sooner. `Infinity`: it never changes. */
  readonly life?: number
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

/** Whether changes since that moment of the steady clock would have been heard of. */
export interface Hearing {
  readonly covers: (startedAt: number) => boolean
}

export interface FactStore {
  /** What is kept and still believed; undefined when it has to be loaded. */
  readonly kept: <Value>(wanted: Wanted<Value>) => Fact<Value> | undefined
  /** Reads it, once for all who ask at the same time; rejects with `unavailable` when that fails. */
  readonly load: <Value>(wanted: Wanted<Value>) => Promise<Fact<Value>>
  /** Whether something put together from facts that old, at that generation, still stands. */
  readonly stands: (startedAt: number, generation: number) => boolean
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
  readonly facts: LRUCache<string, Fact<unknown>>
  readonly flights: Map<string, Flight>
  readonly failures: LRUCache<string, { readonly until: number; readonly error: unknown }>
  readonly tombs: ReturnType<typeof tombstones>
  turn: number
  generation: number
}

export const factStore = (clocks: Clocks, hearing: Hearing): FactStore => {
  const shelf: Shelf = {
    clocks,
    facts: new LRUCache({ max: maxFacts }),
    flights: new Map(),
    failures: new LRUCache({ max: 10_000 }),
    tombs: tombstones(),
    turn: 0,
    generation: 0,
  }
  const isYoung = (startedAt: number, life: number): boolean => {
    const age = clocks.steady() - startedAt
    if (life !== factLifeMilliseconds) return age < life
    return age < life || (age < longestLifeMilliseconds && hearing.covers(startedAt))
  }
  const isBelieved = (fact: Fact<unknown>): boolean =>
    fact.turn > shelf.tombs.lastOf(fact.containers) && isYoung(fact.startedAt, fact.life ?? factLifeMilliseconds)
  return {
    // Casts: under one name there is only ever what its `read` gave.
    kept: <Value>({ name }: Wanted<Value>) => {
      const fact = shelf.facts.get(name)
      return fact !== undefined && isBelieved(fact) ? (fact as Fact<Value>) : undefined
    },
    load: <Value>(wanted: Wanted<Value>) => loadOnce(shelf, wanted) as Promise<Fact<Value>>,
    stands: (startedAt, made) => made === shelf.generation && isYoung(startedAt, factLifeMilliseconds),
    generation: () => shelf.generation,
    forget: (container) => {
      shelf.generation++
      shelf.tombs.bury(container, ++shelf.turn)
    },
  }
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
    const fact: Fact<unknown> = { ...loaded, startedAt, turn: mine, containers: wanted.containers }
    if (mine <= tombs.lastOf(wanted.containers)) {
      // A change was heard of while this was read: it may be from before.
      if (tries < maxTries) continue
      throw unavailable(`${wanted.name} changes faster than it can be read`)
    }
    // Of two readings the one that began later saw more.
    if ((facts.get(wanted.name)?.turn ?? 0) < mine) facts.set(wanted.name, fact)
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
