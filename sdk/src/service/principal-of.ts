// Makes the caller of a request: the credential's checks and the decision, at once when everything is kept.
import type { Decision } from '@latchkey/core/access/decision'
import { errorOf } from '@latchkey/core/access/decision'
import { isFrom } from '@latchkey/core/credentials/ip-range'
import { type Moment, momentOf } from './clocks.ts'
import { type Asked, decideHere, type Grounds } from './decide-here.ts'
import { checkRevision } from './facts/at-least.ts'
import type { On } from './on.ts'
import type { Legacy, Principal } from './principal.ts'
import { LatchkeyRefusal, refused } from './refused.ts'
import type { Authenticated, Standing } from './standing.ts'
import type { UsageNotes, Word } from './usage/notes.ts'

export interface Holding {
  readonly source: Grounds
  readonly authenticated: Authenticated
  /** What it came to when the request arrived. */
  readonly first: Standing
  readonly address: string | undefined
  readonly notes: UsageNotes
}

/** Throws when it may not be used from there, or not so often. */
export const principalOf = (holding: Holding, at: Moment): Principal => {
  const { first } = holding
  admit(holding, at)
  // Whatever is at hand is not waited for: a promise that is settled costs more than the decision.
  const check = async (permission: string, on = nowhere): Promise<Decision> => decided(holding, permission, on)
  const require = async (permission: string, on = nowhere): Promise<void> => {
    const answer = decided(holding, permission, on)
    const decision = answer instanceof Promise ? await answer : answer
    if (decision.allowed) return
    const refusal = errorOf(decision)
    if (refusal !== undefined) throw new LatchkeyRefusal(refusal)
  }
  const { principal: id, kind, credential, tenant, scopes } = first
  const shadow = async (permission: string, on: On, { allows, authority }: Legacy): Promise<void> => {
    if (authority === 'latchkey') {
      const refusal = await require(permission, on).then(none, asRefusal)
      const legacy = await answerOf(allows)
      holding.notes.compared(permission, { ours: answerIn(refusal), legacy })
      if (refusal !== undefined) throw refusal
      return
    }
    const legacy = await allows() // its own error is its own answer
    // Ours is only compared: nobody waits for it, and no fault of it is heard.
    void require(permission, on)
      .then(none, asRefusal)
      .then(answerIn)
      .catch((): Word => 'unknown')
      .then((ours) => holding.notes.compared(permission, { ours, legacy: legacy ? 'allowed' : 'denied' }))
      .catch(none)
    if (!legacy) throw refused('permission_denied', { missing: [permission] })
  }
  return { id, kind, credential, tenant, scopes, check, require, shadow }
}

const nowhere: On = {}

/** At once when everything is kept. */
const decided = (holding: Holding, permission: string, on: On): Decision | Promise<Decision> => {
  const { source, authenticated, address } = holding
  const at = momentOf(source.clocks)
  if (on.atLeast !== undefined) checkRevision(on.atLeast, at.wall)
  const standing = authenticated(at, on.atLeast)
  const asked: Asked = { permission, on, address }
  if (standing instanceof Promise) return standing.then((one) => judged(holding, one, asked, momentOf(source.clocks)))
  return judged(holding, standing, asked, at)
}

const judged = (
  { source, first, address, notes }: Holding,
  standing: Standing,
  asked: Asked,
  at: Moment,
): Decision | Promise<Decision> => {
  if (standing !== first) checkAddress(standing, address)
  const answer = decideHere(source, standing, asked, at)
  if (answer instanceof Promise) return answer.then((decision) => noted(notes, standing, decision))
  return noted(notes, standing, answer)
}

const noted = (notes: UsageNotes, standing: Standing, decision: Decision): Decision => {
  notes.decided(standing, decision)
  return decision
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
const admit = ({ first, address, notes }: Holding, at: Moment): void => {
  checkAddress(first, address)
  const wait = notes.used(first, at.wall)
  if (wait > 0) throw refused('rate_limited', { retryAfterSeconds: wait })
}

/** An address that is not known is none of those allowed (CATALOGUE C-013). */
const checkAddress = ({ allowedAddresses }: Standing, address: string | undefined): void => {
  if (allowedAddresses !== undefined && !isFrom(allowedAddresses, address)) throw refused('restriction_failed')
}
