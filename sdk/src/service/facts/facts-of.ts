// The facts of a decision, from what is kept and what has to be loaded, put together exactly as the server does it.
import type { Asker } from '@latchkey/core/access/assembly/asker'
import { type Assembled, assembleFacts, type Known } from '@latchkey/core/access/assembly/assemble-facts'
import { headOf } from '@latchkey/core/access/assembly/head'
import { momentFromWire } from '@latchkey/core/access/assembly/moments'
import type { Facts } from '@latchkey/core/access/facts'
import type { Catalogue } from '@latchkey/core/catalogue/compile'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { Result } from '@latchkey/core/kernel/result'
import type { Clocks } from '../clocks.ts'
import { unavailable } from '../refused.ts'
import { type Fact, type FactStore, isOlder, type Wanted } from './fact-store.ts'
import type { Exchange } from './transport.ts'
import { wantedDocument, wantedHead, wantedVersion } from './wanted.ts'

export interface FactsAt {
  readonly facts: Result<Facts, IamError>
  /** When the oldest of what they rest on began to be read, and at which generation of the store. */
  readonly startedAt: number
  readonly generation: number
  /** Whether any of it asks what the question says of its moment and its resource. */
  readonly isConditional: boolean
  /** Whether any of it had to be asked for. */
  readonly isLoaded: boolean
}

export interface FactSource {
  readonly clocks: Clocks
  readonly store: FactStore
  readonly exchange: Exchange
}

/** Made anew at every round: who asks may depend on what is known by then. */
export type AskerNow = () => Asker

const maxRounds = 10

interface Round {
  readonly used: { readonly wanted: Wanted<unknown>; readonly fact: Fact<unknown> }[]
  readonly needs: Wanted<unknown>[]
}

/** `atLeast`: what was read from an older snapshot is read again. */
export const factsOf = async (
  source: FactSource,
  tenant: TenantId,
  asker: AskerNow,
  atLeast?: string,
): Promise<FactsAt> => {
  const since = source.clocks.steady()
  for (let round = 0; round < maxRounds; round++) {
    const generation = source.store.generation()
    const now: Round = { used: [], needs: [] }
    const assembled = attempt(source, tenant, asker(), now)
    // What began to be read since this was asked is new enough, whatever it names as its snapshot.
    const old = now.used.filter(({ fact }) => isOlder(fact, atLeast) && fact.startedAt < since)
    if (assembled?.kind === 'facts' && old.length === 0) {
      const startedAt = Math.min(...now.used.map(({ fact }) => ageFrom(fact.life, fact.startedAt)))
      const { facts } = assembled
      return { facts, startedAt, generation, isConditional: isConditional(facts), isLoaded: round > 0 }
    }
    const wanted = [...now.needs, ...old.map((one) => one.wanted)]
    await Promise.all(wanted.map((one) => source.store.load(one, atLeast)))
  }
  throw unavailable('the facts change faster than they can be read')
}

const isConditional = (facts: Result<Facts, IamError>): boolean => {
  if (!facts.ok) return false
  const { subject, impersonation } = facts.value
  const grants = [...subject.grants, ...(impersonation?.actor.grants ?? [])]
  return grants.some(({ entries }) => entries.some(({ condition }) => condition !== undefined))
}

/** What never changes is of no age; what has a short life of its own is never kept as a part of something else. */
const ageFrom = (life: number | undefined, startedAt: number): number => {
  if (life === undefined) return startedAt
  return life === Number.POSITIVE_INFINITY ? life : -Infinity
}

const attempt = (
  { store, exchange }: FactSource,
  tenant: TenantId,
  asker: Asker,
  round: Round,
): Assembled | undefined => {
  const look = <Value>(wanted: Wanted<Value>): Fact<Value> | undefined => {
    const fact = store.kept(wanted)
    if (fact === undefined) round.needs.push(wanted)
    else round.used.push({ wanted, fact })
    return fact
  }
  const catalogueOf = (version: string): Fact<Catalogue | undefined> | undefined =>
    look(wantedVersion(exchange, version))
  const newest = look(wantedHead(exchange))?.value
  const head = newest === undefined ? undefined : catalogueOf(newest.version)
  if (head !== undefined && head.value === undefined) throw unavailable(`catalogue ${newest?.version} is not published`)
  if (head?.value === undefined) return undefined
  const known: Known = {
    head: headOf(head.value, newest?.ends),
    momentIn: momentFromWire,
    document: (path) => {
      const fact = look(wantedDocument(exchange, path, tenant))
      return fact && { fields: fact.value }
    },
    catalogue: (name) => {
      const fact = catalogueOf(name)
      return fact && { catalogue: fact.value }
    },
  }
  return assembleFacts(known, asker, tenant)
}
