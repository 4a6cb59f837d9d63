// Latchkey in a service's own process: verifies credentials and decides, without a network call when warm.

import { momentOf } from './clocks.ts'
import type { Grounds } from './decide-here.ts'
import { digestOf } from './digest.ts'
import { assembledFacts } from './facts/assembled-facts.ts'
import { type FactStore, factStore } from './facts/fact-store.ts'
import type { FactSource } from './facts/facts-of.ts'
import { misses } from './facts/misses.ts'
import { exchange } from './facts/transport.ts'
import { wantedHead, wantedVersion } from './facts/wanted.ts'
import { changeFeed, type Feed, noFeed } from './feed/feed.ts'
import { type LatchkeyOptions, readOptions, type Settings } from './options.ts'
import type { Principal } from './principal.ts'
import { principalOf } from './principal-of.ts'
import { refused } from './refused.ts'
import { bearerOf, type RequestLike } from './request.ts'
import type { Authenticated } from './standing.ts'
import { readIssuerKeys, tokenAuthenticator } from './tokens/access-tokens.ts'
import { keyAuthenticator } from './tokens/api-keys.ts'
import { googleKeys, readGoogleKeys } from './tokens/id-token.ts'
import { keyRing } from './tokens/key-ring.ts'
import { sessionAuthenticator } from './tokens/sessions.ts'
import { usageNotes } from './usage/notes.ts'
import { type Leasing, localRates } from './usage/rates.ts'
import { type Reporter, usageReporter } from './usage/reporter.ts'

export interface Latchkey {
  /**
   * Who is calling. Throws a `LatchkeyRefusal`: `invalid_token` (401) for what does not count, `unavailable` (503) when that is not known.
   * @example const caller = await latchkey.authenticate(request)
   */
  readonly authenticate: (request: RequestLike, from?: From) => Promise<Principal>
  /** Loads what every decision needs and waits for the change feed, so that the first request does not; answers whether the feed is heard. */
  readonly ready: (milliseconds?: number) => Promise<boolean>
  /** Reports usage now; it does so by itself every ten seconds. */
  readonly report: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface From {
  /** The client's address as this service knows it, past the proxies that it trusts. Keys that are bound to addresses need it. */
  readonly address?: string
}

/** @example const latchkey = createLatchkey({ url, credential: process.env.LATCHKEY_KEY, issuer, audience: 'https://calendar.example' }) */
export const createLatchkey = (options: LatchkeyOptions): Latchkey => {
  const settings = readOptions(options)
  const { clocks, fetch, url, credential } = settings
  const rings = ringsOf(settings)
  const changed = (container: string): void => {
    if (container === 'kid') rings.access?.doubt()
    store.forget(container)
  }
  const feed = settings.feed ? changeFeed({ url, credential, fetch, clocks, changed }) : noFeed
  const store = factStore(clocks, feed)
  const source = groundsOf(settings, store)
  const leasing: Leasing = { process: lazily(() => crypto.randomUUID()), rates: localRates(clocks) }
  const authenticatedBy = authenticatorOf(source, settings, { rings, leasing })
  const notes = usageNotes(leasing.rates)
  const reporter = settings.usage ? usageReporter({ exchange: source.exchange, notes, ...leasing }) : undefined
  // At the first use and not before: where modules are loaded, some runtimes allow neither timers nor randomness.
  const start = lazily(() => {
    feed.start()
    reporter?.start()
  })
  return {
    authenticate: async (request, from) => {
      start()
      const authenticated = authenticatedBy(bearerOf(request))
      const asked = { source, authenticated, address: from?.address, notes }
      const at = momentOf(clocks)
      const found = authenticated(at)
      if (!(found instanceof Promise)) return principalOf({ ...asked, first: found }, at)
      return principalOf({ ...asked, first: await found }, momentOf(clocks))
    },
    ready: async (milliseconds = 5_000) => {
      start()
      const heard = settings.feed ? await feed.heard(milliseconds) : false
      await loadCatalogue(source)
      return heard
    },
    report: async () => reporter?.report(),
    close: () => ended(feed, reporter),
  }
}

const groundsOf = (settings: ReturnType<typeof readOptions>, store: FactStore): Grounds => {
  const { clocks } = settings
  const kept = { assembled: assembledFacts(clocks, store), misses: misses(clocks) }
  return { clocks, store, exchange: exchange(settings), ...kept }
}

const ended = async (feed: Feed, reporter: Reporter | undefined): Promise<void> => {
  feed.close()
  reporter?.close()
  await reporter?.report().catch(() => undefined) // what is lost are counts
}

const loadCatalogue = async ({ store, exchange: from }: FactSource): Promise<void> => {
  const head = await store.load(wantedHead(from))
  await store.load(wantedVersion(from, head.value.version))
}

/** Made at its first use, once. */
const lazily = <Value>(make: () => Value): (() => Value) => {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

const ringsOf = ({ access, firebase, fetch, clocks }: Settings) => ({
  access: access && keyRing({ url: access.keysUrl, fetch, clocks, read: readIssuerKeys }),
  google: firebase && keyRing({ url: googleKeys, fetch, clocks, read: readGoogleKeys }),
})

interface Parts {
  readonly rings: ReturnType<typeof ringsOf>
  readonly leasing: Leasing
}

/** What kind of credential a text is, by its form alone. */
const authenticatorOf = (source: FactSource, settings: Settings, { rings: { access, google }, ...parts }: Parts) => {
  const leasing = settings.usage ? parts.leasing : undefined
  const apiKey = keyAuthenticator(source, leasing)
  const accessToken =
    settings.access && access && tokenAuthenticator({ source, keys: access, leasing, ...settings.access })
  const session = settings.firebase && google && sessionAuthenticator({ source, keys: google, ...settings.firebase })
  return (text: string): Authenticated => {
    const digest = digestOf(text)
    if (text.startsWith('lk_')) return apiKey(text, digest) ?? nobody
    // The whole text was met before, or its header says what it wants to be.
    const met = accessToken?.met(digest) ?? session?.met(digest)
    if (met !== undefined) return met
    return (isAccessToken(text) ? accessToken : session)?.meet(text, digest) ?? nobody
  }
}

const nobody: Authenticated = () => {
  throw refused('invalid_token')
}

/** `{"alg":"ES256","typ":"at+jwt"` and `{"typ":"at+jwt"` in any order: decided on the decoded header, believed by nobody yet. */
const isAccessToken = (text: string): boolean => {
  const head = text.slice(0, Math.min(text.indexOf('.'), 400))
  try {
    return atob(head.replaceAll('-', '+').replaceAll('_', '/')).includes('"at+jwt"')
  } catch {
    return false
  }
}
