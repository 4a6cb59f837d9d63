// Which guardrails refuse a key: of which tenants, by which field, in words.
import { has } from '../../catalogue/permission-set.ts'
import { days, type Instant } from '../../kernel/time.ts'
import type { Facts, Guardrail, KeyOrigin } from '../facts.ts'
import { endingCaps, type KeyCap, kindOfKey, scopeCaps } from '../key-caps.ts'
import { recordedScopes } from '../meaning/scopes.ts'
import type { Asked } from '../parties.ts'

export interface RefusingCap extends KeyCap {
  readonly detail: string
}

/** The guardrails by which a key counts no more, whatever is asked. */
export const capsThatEnd = (facts: Facts, now: Instant): readonly RefusingCap[] => {
  const { chain, subject, token } = facts
  if (token.key === undefined) return []
  const caps = endingCaps(chain, { owner: subject.principal, createdAt: token.key.createdAt }, now)
  return caps.map((cap) => ({ ...cap, detail: wordsOf(cap, facts) }))
}

/** The guardrails that keep from a key every scope of its own by which it would have the permission. */
export const capsThatTake = (asked: Asked): readonly RefusingCap[] => {
  const { facts } = asked
  const { key } = facts.token
  if (key === undefined) return []
  const carrying = key.scopes.filter((scope) => carries(asked, key, scope))
  return scopeCaps(facts.chain, carrying).map((cap) => ({
    ...cap,
    detail: `The guardrail of ${cap.tenant} lets no key have ${carrying.join(' or ')}.`,
  }))
}

const carries = ({ facts, permission }: Asked, key: KeyOrigin, scope: string): boolean => {
  const recorded = facts.catalogueOf(key.catalogueVersion)
  return has(recordedScopes(recorded, facts, { scopes: [scope], own: key.ownScopes }), permission.number)
}

const wordsOf = ({ tenant, field }: KeyCap, { chain, subject }: Facts): string => {
  const guardrail = chain.find(({ id }) => id === tenant)?.guardrail
  if (field === 'keyKinds') return `The guardrail of ${tenant} lets no ${kindOfKey(subject.principal)} key count.`
  const most = daysOf(guardrail)
  return `The guardrail of ${tenant} lets a key count for ${most} ${most === 1 ? 'day' : 'days'} from when it was made, and that is over.`
}

const daysOf = (guardrail: Guardrail | undefined): number => (guardrail?.maxKeyLifetime ?? 0) / days(1)
