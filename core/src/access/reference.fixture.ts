// The decision once more, slowly and obviously, from DESIGN.md §2 and §3 and not from `decide.ts`: the oracle of the differential test.
import { has } from '../catalogue/permission-set.ts'
import type { Instant } from '../kernel/time.ts'
import type { Facts, GrantEntry, GrantsFacts, Question, SubjectFacts } from './facts.ts'

export type ReferenceAnswer = 'allow' | 'deny' | 'invisible'

/** Says yes only after looking at every sentence of §3 in turn; keeps nothing, shares nothing, hurries nowhere. */
export const referenceDecide = (question: Question, facts: Facts, now: Instant): ReferenceAnswer => {
  if (!visible(facts, now)) return 'invisible'
  const rules = [ancestorsActive, statusWorks, levelAllowed, subjectHolds, noGuardrail, tokenAllows]
  const parties = [freshEnough, installationIncludes, impersonationIncludes]
  return [...rules, ...parties].every((rule) => rule(question, facts, now)) ? 'allow' : 'deny'
}

const known = ({ permission }: Question, { head }: Facts) => head.permissionByName.get(permission)

/** §3: visible iff some unexpired assignment reaches it; a deleted tenant is there for nobody. */
const visible = (facts: Facts, now: Instant): boolean => {
  if (facts.chain.length === 0) return false
  for (const node of facts.chain) if (node.status === 'deleted') return false
  return facts.subject.active && tokenReaches(facts) && livePower(facts.subject, facts, now).length > 0
}

const tokenReaches = ({ token, chain }: Facts): boolean => {
  if (token.tenant !== undefined && chain.filter((node) => node.id === token.tenant).length === 0) return false
  return token.accounts === undefined || token.accounts.filter((id) => id === chain[0]?.id).length > 0
}

/** §2: where each kind of reach arrives. */
const livePower = (
  subject: SubjectFacts,
  { chain }: Facts,
  now: Instant,
): readonly { stored: GrantsFacts; entry: GrantEntry }[] => {
  const found: { stored: GrantsFacts; entry: GrantEntry }[] = []
  for (const stored of subject.grants) {
    for (const entry of stored.entries) {
      const distance = chain.findIndex((node) => node.id === stored.at)
      const expired = entry.until !== undefined && entry.until <= now
      if (stored.status !== 'active' || expired || distance === -1) continue
      const named = entry.accounts.get(chain[0]?.id ?? '')
      if (entry.reach === 'node' && distance === 0) found.push({ stored, entry })
      if (entry.reach === 'subtree') found.push({ stored, entry })
      if (entry.reach === 'listed' && distance > 0 && named !== undefined && named === chain[0]?.placementId) {
        found.push({ stored, entry })
      }
    }
  }
  return found
}

const ancestorsActive = (_: Question, { chain }: Facts): boolean =>
  chain.slice(1).filter((node) => node.status !== 'active').length === 0

const statusWorks = (question: Question, facts: Facts): boolean => {
  const works: readonly string[] = known(question, facts)?.worksOn ?? []
  return works.includes(facts.chain[0]?.status ?? 'nowhere')
}

const levelAllowed = (question: Question, facts: Facts): boolean => {
  const levels: readonly string[] = known(question, facts)?.levels ?? []
  return levels.includes(facts.chain[0]?.kind ?? 'nowhere')
}

const subjectHolds = (question: Question, facts: Facts, now: Instant): boolean =>
  holds(facts.subject, question, facts, now)

const holds = (subject: SubjectFacts, question: Question, facts: Facts, now: Instant): boolean => {
  if (!subject.active) return false
  for (const { stored, entry } of livePower(subject, facts, now)) {
    const fromAbove = stored.at !== facts.chain[0]?.id
    if (facts.chain[0]?.status === 'suspended' && !fromAbove) continue
    if (!roleHas(entry.role, stored.at, question.permission, facts)) continue
    const input = {
      subject: subject.attributes,
      resource: question.resource,
      action: { permission: question.permission },
      request: question.request,
    }
    if (entry.condition === undefined || entry.condition.holds(input) === true) return true
  }
  return false
}

/** §2: a built-in role by the version recorded where it is assigned, less what the head withdrew; owners get owner defaults. */
const roleHas = (role: string, at: string, permission: string, facts: Facts): boolean => {
  const above = facts.chain.slice(facts.chain.findIndex((node) => node.id === at))
  const nowMeans = facts.head.roleByName.get(role)?.entry.permissions
  if (nowMeans === undefined) {
    const definer = above.find((node) => node.customRoles.has(role))
    const number = facts.head.permissionByName.get(permission)?.number ?? 0
    const set = definer?.customRoles.get(role)
    return set !== undefined && has(set, number)
  }
  const thenMeant = facts.catalogueOf(above[0]?.catalogueVersion ?? '')?.roleByName.get(role)?.entry.permissions
  if (thenMeant === undefined || !nowMeans.includes(permission)) return false
  const forOwners = role.endsWith('.owner') && facts.head.permissionByName.get(permission)?.ownerDefault === true
  return thenMeant.includes(permission) || forOwners
}

const noGuardrail = ({ permission }: Question, { chain }: Facts): boolean => {
  const resource = permission.split('.').slice(0, -1).join('.')
  for (const node of chain) {
    for (const denied of node.guardrail.deniedPermissions) {
      if (denied === permission || denied === `${resource}.*`) return false
    }
  }
  return true
}

const numberOf = (question: Question, facts: Facts): number => known(question, facts)?.number ?? 0

const tokenAllows = (question: Question, facts: Facts): boolean =>
  facts.token.permissions === undefined || has(facts.token.permissions, numberOf(question, facts))

/** §2: critical asks a person for a login of at most ten minutes, and a machine for `machine: true`. */
const freshEnough = (question: Question, facts: Facts, now: Instant): boolean => {
  const entry = known(question, facts)
  if (entry?.critical !== true) return true
  const person = facts.subject.principal.startsWith('user:') && facts.token.permissions === undefined
  if (!person) return entry.machine === true
  return facts.token.signedInAt !== undefined && now - facts.token.signedInAt < 10 * 60 * 1000
}

const installationIncludes = (question: Question, facts: Facts): boolean => {
  const app = facts.installation
  if (app === undefined) return true
  const here = facts.chain[0]?.id ?? ''
  const below = facts.chain.some((node) => node.id === app.at)
  if (!app.active || !below || !has(app.permissions, numberOf(question, facts))) return false
  if (app.coverage === 'all') return true
  const named: readonly string[] = 'only' in app.coverage ? app.coverage.only : app.coverage.allBut
  return 'only' in app.coverage ? named.includes(here) : here !== app.at && !named.includes(here)
}

const impersonationIncludes = (question: Question, facts: Facts, now: Instant): boolean => {
  const session = facts.impersonation
  if (session === undefined) return true
  if (session.tenant !== facts.chain[0]?.id || !has(session.permissions, numberOf(question, facts))) return false
  return holds(session.actor, question, facts, now)
}
