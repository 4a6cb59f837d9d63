// What somebody could give away: power held without condition, for long enough, over at least the reach asked for (monotonic privilege).

import { empty, intersect, minus, of, type PermissionSet, union } from '../catalogue/permission-set.ts'
import { type Instant, isOver } from '../kernel/time.ts'
import type { Facts, Reach } from './facts.ts'
import { deniedBy } from './guardrail.ts'
import { entriesIn, namesIn } from './meaning/permissions.ts'
import { installationCovers, tokenCovers } from './parties.ts'
import { countsFrom, type Reaching, reachingEntries, suspendedUpTo } from './reach.ts'
import { rolePermissions } from './roles.ts'

/** Account → its present placement. */
type Placements = ReadonlyMap<string, string>

/** The gift: permissions at the first tenant of the chain, over a reach, until an end (undefined: for ever). */
export interface Gift {
  readonly permissions: PermissionSet
  readonly reach: Reach
  readonly accounts: readonly string[]
  readonly until: Instant | undefined
}

const lastsLongEnough = ({ entry }: Reaching, until: Instant | undefined): boolean =>
  entry.until === undefined || (until !== undefined && until <= entry.until)

/** An entry at the tenant itself must be as wide as the gift; one from above reaches all of an account. */
const reachesAsFar = ({ grants, entry }: Reaching, gift: Gift, facts: Facts): boolean => {
  const here = grants.at === facts.chain[0]?.id
  if (here) return entry.reach === 'subtree' || gift.reach === 'node'
  return entry.reach === 'subtree' || facts.chain[0]?.kind === 'account'
}

/** `listed` power at an agency gives at most the accounts it lists itself, at their present placements. */
const listsThemAll = ({ entry }: Reaching, gift: Gift, placements: Placements): boolean =>
  gift.reach === 'listed' &&
  entry.placement === undefined &&
  entry.reach === 'listed' &&
  gift.accounts.length > 0 &&
  gift.accounts.every((id) => entry.accounts.has(id) && entry.accounts.get(id) === placements.get(id))

const entriesFor = (facts: Facts, gift: Gift, now: Instant, placements: Placements): readonly Reaching[] => {
  const reaching = reachingEntries(facts.subject, facts.chain, now).filter((one) => reachesAsFar(one, gift, facts))
  const suspended = suspendedUpTo(facts.subject, facts.chain)
  const listed = facts.subject.grants
    .filter((grants) => countsFrom(grants, suspended, facts.chain) === 0)
    .flatMap((grants) =>
      grants.entries.filter((entry) => !isOver(entry.until, now)).map((entry) => ({ grants, entry })),
    )
  return [...reaching, ...listed.filter((one) => listsThemAll(one, gift, placements))]
}

/** The permissions of `gift` that the giver does not hold as widely, as long and as freely, in the catalogue's order. */
export const missingFor = (
  facts: Facts,
  gift: Gift,
  now: Instant,
  placements: Placements = new Map(),
): readonly string[] => {
  // Nothing that mints power works on or below a tenant that is not active.
  const standing = facts.subject.active && facts.chain.every((node) => node.status === 'active')
  // A credential gives nothing that outlives it.
  const end = facts.token.notAfter
  const lasts = end === undefined || (gift.until !== undefined && gift.until <= end)
  const usable =
    standing &&
    lasts &&
    facts.impersonation === undefined &&
    tokenReaches(facts, gift, placements) &&
    appReaches(facts, gift)
  let held: PermissionSet = empty
  if (usable) {
    for (const one of entriesFor(facts, gift, now, placements)) {
      if (one.entry.condition !== undefined || !lastsLongEnough(one, gift.until)) continue
      held = union(held, rolePermissions(facts, one.entry.role, one.grants.at))
    }
  }
  if (facts.token.permissions !== undefined) held = intersect(held, facts.token.permissions)
  if (facts.installation !== undefined) held = intersect(held, facts.installation.permissions)
  const free = entriesIn(facts, held).filter(({ name }) => deniedBy(facts.chain, name) === undefined)
  return namesIn(facts, minus(gift.permissions, of(free.map(({ number }) => number))))
}

/** A token narrowed to some accounts gives nothing beyond them. */
const tokenReaches = ({ token, chain }: Facts, gift: Gift, placements: Placements): boolean => {
  const { accounts } = token
  if (accounts === undefined || gift.reach !== 'listed') return tokenCovers(token, chain)
  return (
    tokenCovers({ ...token, accounts: undefined }, chain) &&
    within(gift, (id) => accounts.has(id) && accounts.get(id) === placements.get(id))
  )
}

/** Nor does an installation beyond its coverage; only one that covers all covers what does not exist yet. */
const appReaches = ({ installation, chain }: Facts, gift: Gift): boolean => {
  if (installation === undefined) return true
  const covered = (id: string): boolean => installationCovers(installation, id, chain)
  const [target] = chain
  if (gift.reach === 'listed') return within(gift, covered)
  if (gift.reach === 'subtree' && target?.kind !== 'account' && installation.coverage !== 'all') return false
  return target !== undefined && covered(target.id)
}

const within = (gift: Gift, covered: (account: string) => boolean): boolean =>
  gift.accounts.length > 0 && gift.accounts.every(covered)
