// API keys: read by form, described once by Latchkey, and from then on known by their digest.
import { keyFromWire } from '@latchkey/core/access/assembly/key-wire'
import type { Described } from '@latchkey/core/credentials/described'
import { parseSecret } from '@latchkey/core/credentials/secret-format'
import { isPrincipalRef } from '@latchkey/core/kernel/principal'
import { digestOf } from '../digest.ts'
import type { Fact } from '../facts/fact-store.ts'
import type { FactSource } from '../facts/facts-of.ts'
import { wantedKey } from '../facts/wanted.ts'
import { refused } from '../refused.ts'
import type { Authenticated, Standing } from '../standing.ts'
import type { Rates } from '../usage/rates.ts'

/** For keys with a rate plan: this process's part of it. */
export interface Leasing {
  readonly process: string
  readonly rates: Rates
}

/** Undefined for what is no API key at all: nothing is asked about garbage. */
export const keyAuthenticator = (source: FactSource, leasing?: Leasing) => {
  const standings = new WeakMap<Fact<Described>, Lasting>()
  const standingOf = (fact: Fact<Described>): Standing => {
    const lasting = standings.get(fact) ?? lastingOf(fact.value)
    if (lasting === undefined || source.clocks.wall() >= lasting.until) throw refused('invalid_token')
    if (!standings.has(fact)) {
      standings.set(fact, lasting)
      if (fact.value.lease !== undefined && fact.value.key !== undefined) {
        leasing?.rates.lease(fact.value.key.id, fact.value.lease.perSecond)
      }
    }
    return lasting.standing
  }
  return (text: string): Authenticated | undefined => {
    const digest = digestOf(text)
    // Forms are checked once: a key that was described had the right one.
    const id = text.slice(7, 29)
    const process = leasing === undefined || leasing.rates.has(id) ? undefined : leasing.process
    const known = wantedKey(source.exchange, { text, id, digest, process })
    if (source.store.kept(known) === undefined && parseSecret(text)?.kind !== 'api') return undefined
    return () => {
      const fact = source.store.kept(known)
      return fact === undefined ? source.store.load(known).then(standingOf) : standingOf(fact)
    }
  }
}

interface Lasting {
  readonly standing: Standing
  /** Milliseconds since the epoch: its own end, or that of the overlap in which it is rotated away. */
  readonly until: number
}

const lastingOf = (described: Described): Lasting | undefined => {
  const standing = fromDescription(described)
  const { key, endsAt = Infinity } = described
  return standing && { standing, until: Math.min(key?.notAfter ?? Infinity, endsAt) }
}

/** Undefined for a key that does not count. */
export const fromDescription = (described: Described): Standing | undefined => {
  const { active, credential, principal, key: carried, allowedAddresses, rate } = described
  if (!active || carried === undefined || credential === undefined || principal === undefined) return undefined
  if (!isPrincipalRef(principal)) return undefined
  const key = keyFromWire(carried)
  return {
    principal,
    credential,
    secret: key.id,
    kind: 'api_key',
    tenant: key.tenant,
    scopes: key.scopes,
    allowedAddresses,
    rate,
    asker: () => ({ principal, session: undefined, key }),
    assembled: new Map(),
    confirm: () => undefined,
  }
}
