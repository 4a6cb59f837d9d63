// Who is calling, as a service holds it: nothing is allowed by having one, only by asking it.
import type { Decision } from '@latchkey/core/access/decision'
import { errorOf } from '@latchkey/core/access/decision'
import { isFrom } from '@latchkey/core/credentials/ip-range'
import { type Asked, decideHere, type On } from './decide-here.ts'
import { checkRevision } from './facts/at-least.ts'
import type { FactSource } from './facts/facts-of.ts'
import { LatchkeyRefusal, refused } from './refused.ts'
import type { Authenticated, CredentialKind, Standing } from './standing.ts'
import type { UsageNotes, Word } from './usage/notes.ts'

export interface Principal {
  /** `user:…`, `service:…` or `installation:…`. */
  readonly id: string
  readonly kind: CredentialKind
  /** A key's id, of its access tokens too, or `session:<auth_time>`; for logs. */
  readonly credential: string
  /** The tenant that the credential is for; undefined for people. */
  readonly tenant: string | undefined
  readonly scopes: readonly string[]
  /**
   * Goes on only when it is allowed; else throws a `LatchkeyRefusal`.
   * @example await caller.require('contacts.write', { tenant, resource: { type: 'contact', id, ownerId } })
   */
  readonly require: (permission: string, on?: On) => Promise<void>
  /** The same as an answer, with the code of a refusal. Throws for credentials that do not count, and when it cannot be known. */
  readonly check: (permission: string, on?: On) => Promise<Decision>
  /** What `shadow` compares: the answer of what stood there before. */
  readonly shadow: (permission: string, on: On, legacy: Legacy) => Promise<void>
}

/** What decided before Latchkey, and whether it still does. */
export interface Legacy {
  readonly allows: () => boolean | Promise<boolean>
  /** Whose answer counts; the other one is only compared. */
  readonly authority: 'legacy' | 'latchkey'
}

export interface Holding {
  readonly source: FactSource
  readonly authenticated: Authenticated
  readonly address: string | undefined
  readonly notes: UsageNotes
}

/** Rejects with `invalid_token` for what does not count, with `unavailable` when that is not known. */
export const principalOf = async (holding: Holding): Promise<Principal> => {
  const { source, authenticated, address, notes } = holding
  const first = await authenticated()
  admit(first, holding)
  const check = async (permission: string, on: On = {}): Promise<Decision> => {
    if (on.atLeast !== undefined) checkRevision(on.atLeast, source.clocks.wall())
    const now = authenticated(on.atLeast)
    const standing = now instanceof Promise ? await now : now
    if (standing !== first) checkAddress(standing, address)
    const asked: Asked = { permission, on, address }
    const decided = decideHere(source, standing, asked)
    const decision = decided instanceof Promise ? await decided : decided
    notes.decided(standing, decision)
    return decision
  }
  const require = async (permission: string, on: On = {}): Promise<void> => {
    const refusal = errorOf(await check(permission, on))
    if (refusal !== undefined) throw new LatchkeyRefusal(refusal)
  }
  const { principal: id, kind, credential, tenant, scopes } = first
  const shadow = async (permission: string, on: On, { allows, authority }: Legacy): Promise<void> => {
    if (authority === 'latchkey') {
      const refusal = await require(permission, on).then(none, asRefusal)
      const legacy = await answerOf(allows)
      notes.compared(permission, { ours: answerIn(refusal), legacy })
      if (refusal !== undefined) throw refusal
      return
    }
    const legacy = await allows() // its own error is its own answer
    // Ours is only compared: nobody waits for it, and no fault of it is heard.
    void require(permission, on)
      .then(none, asRefusal)
      .then(answerIn)
      .catch((): Word => 'unknown')
      .then((ours) => notes.compared(permission, { ours, legacy: legacy ? 'allowed' : 'denied' }))
      .catch(none)
    if (!legacy) throw refused('permission_denied', { missing: [permission] })
  }
  return { id, kind, credential, tenant, scopes, check, require, shadow }
}

const none = (): undefined => undefined

/** A fault of ours must not become an answer, nor a fault of the other one ours. */
const asRefusal = (error: unknown): LatchkeyRefusal => {
  if (error instanceof LatchkeyRefusal) return error
  throw error
}

const answerIn = (refusal: LatchkeyRefusal | undefined): Word =>
  refusal === undefined ? 'allowed' : refusal.code === 'unavailable' ? 'unknown' : 'denied'

const answerOf = async (allows: Legacy['allows']): Promise<Word> => {
  try {
    return (await allows()) ? 'allowed' : 'denied'
  } catch {
    return 'unknown'
  }
}

/** From where and how often it may be used, whatever it may do: once a request. */
const admit = (standing: Standing, { address, notes }: Holding): void => {
  checkAddress(standing, address)
  const wait = notes.used(standing)
  if (wait > 0) throw refused('rate_limited', { retryAfterSeconds: wait })
}

/** An address that is not known is none of those allowed (CATALOGUE C-013). */
const checkAddress = ({ allowedAddresses }: Standing, address: string | undefined): void => {
  if (allowedAddresses !== undefined && !isFrom(allowedAddresses, address)) throw refused('restriction_failed')
}
