// API keys: read by form, described by Latchkey, and from then on known by their digest and refreshed by their id.
import { keyFromWire } from '@latchkey/core/access/assembly/key-wire'
import type { Described } from '@latchkey/core/credentials/described'
import { parseSecret } from '@latchkey/core/credentials/secret-format'
import { isPrincipalRef } from '@latchkey/core/kernel/principal'
import type { Fact, Wanted } from '../facts/fact-store.ts'
import type { FactSource } from '../facts/facts-of.ts'
import type { Exchange } from '../facts/transport.ts'
import { wantedKey } from '../facts/wanted.ts'
import { refused } from '../refused.ts'
import type { Authenticated, Standing } from '../standing.ts'
import type { Leasing } from '../usage/rates.ts'
import { metCredentials } from './met-credentials.ts'
import { newcomers } from './newcomers.ts'

/** A key that counted, as it was described. */
interface Met {
  readonly fact: Fact<Described>
  readonly standing: Standing
}

const maxKeys = 20_000

/** Undefined for what is no API key at all: nothing is asked about garbage. */
export const keyAuthenticator = (source: FactSource, leasing?: Leasing) => {
  const enter = newcomers(source.clocks)
  const exchange: Exchange = {
    get: source.exchange.get,
    post: (path, body) => enter(() => source.exchange.post(path, body)),
  }
  const { store, clocks } = source
  const met = metCredentials<Met>(clocks, maxKeys)
  const standingOf = (digest: string, fact: Fact<Described>): Standing => {
    const before = met.get(digest)
    if (before?.fact === fact) return alive(before.standing, clocks.wall())
    const standing = fromDescription(fact.value)
    if (standing === undefined) throw refused('invalid_token')
    met.set(digest, { fact, standing }, standing.endsAt)
    return alive(standing, clocks.wall())
  }
  const settle = (text: string, digest: string, atLeast: string | undefined): Standing | Promise<Standing> => {
    const id = text.slice(7, 29)
    const known: Wanted<Described> = wantedKey(exchange, {
      ...{ text, id, digest, leasing },
      last: () => store.last(known)?.value,
    })
    const fact = store.kept(known, atLeast)
    if (fact !== undefined) return standingOf(digest, fact)
    return store.load(known, atLeast).then((loaded) => standingOf(digest, loaded))
  }
  return (text: string, digest: string): Authenticated | undefined => {
    const one = met.get(digest)
    // Forms are checked once: a key that was described had the right one.
    if (one === undefined && parseSecret(text)?.kind !== 'api') return undefined
    return (at, atLeast) =>
      one !== undefined && store.believes(one.fact, at.steady, atLeast)
        ? alive(one.standing, at.wall)
        : settle(text, digest, atLeast)
  }
}

const alive = (standing: Standing, now: number): Standing => {
  if (now >= standing.endsAt) throw refused('invalid_token')
  return standing
}

/** Undefined for a key that does not count. */
export const fromDescription = (described: Described): Standing | undefined => {
  const { active, credential, principal, key: carried, allowedAddresses, rate, endsAt = Infinity } = described
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
    endsAt: Math.min(key.notAfter ?? Infinity, endsAt),
    isRotatedAway: endsAt !== Infinity,
    asker: () => ({ principal, session: undefined, key }),
    assembled: new Map(),
    confirm: () => undefined,
  }
}
