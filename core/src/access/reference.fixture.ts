// The decision once more, slowly and obviously, from DESIGN.md §2 and §3 and not from `decide.ts`: the oracle of the differential test.
import { has } from '../catalogue/permission-set.ts'
import type { Instant } from '../kernel/time.ts'
import type { Facts, GrantEntry, GrantsFacts, KeyOrigin, Question, SubjectFacts } from './facts.ts'

export type ReferenceAnswer = 'allow' | 'deny' | 'invisible'

/** Says yes only after looking at every sentence of §3 in turn; keeps nothing, shares nothing, hurries nowhere. */
export const referenceDecide = (question: Question, facts: Facts, now: Instant): ReferenceAnswer => {
  if (!visible(facts, now)) return 'invisible'
  const rules = [ancestorsActive, statusWorks, levelAllowed, subjectHolds, noGuardrail, tokenAllows]
  const parties = [freshEnough, installationIncludes, impersonationIncludes]
  return [...rules, ...parties].every((rule) => rule(question, facts, now)) ? 'allow' : 'deny'
}

/** §2: the catalogue's permissions, and those that a tenant of the chain added for its own products. */
const known = ({ permission }: Question, { head, chain }: Facts) =>
  head.permissionByName.get(permission) ??
  chain.map((node) => node.ownPermissions.get(permission)).find((entry) => entry !== undefined)

/** §3: visible iff some unexpired assignment reaches it; a deleted tenant is there for nobody. */
const visible = (facts: Facts, now: Instant): boolean => {
  if (facts.chain.length === 0) return false
  for (const node of facts.chain) if (node.status === 'deleted') return false
  if (facts.token.key !== undefined && !keyLives(facts.token.key, facts, now)) return false
  if (facts.token.key === undefined && facts.token.notAfter !== undefined && facts.token.notAfter <= now) return false
  return facts.subject.active && tokenReaches(facts) && livePower(facts.subject, facts, now).length > 0
}

/** §2: a lifetime ceiling clips use at once; a kind that one guardrail of the chain does not list counts for nothing. */
const keyLives = (key: KeyOrigin, { chain, subject }: Facts, now: Instant): boolean => {
  if (key.notAfter !== undefined && key.notAfter <= now) return false
  const kind = subject.principal.startsWith('user:') ? 'personal' : 'service'
  for (const { guardrail } of chain) {
    const kinds: readonly string[] | undefined = guardrail.keyKinds
    if (kinds !== undefined && !kinds.includes(kind)) return false
    const most = guardrail.maxKeyLifetime
    if (most !== undefined && key.createdAt + most * 1000 <= now) return false
  }
  return true
}

/** §2: scopes by their mapping at the recorded version, less what the head withdrew; of them only what each guardrail lets keys have. */
const keyCarries = (key: KeyOrigin, permission: string, facts: Facts): boolean =>
  key.scopes.some((scope) => {
    for (const { guardrail } of facts.chain) {
      if (guardrail.keyScopes !== undefined && !guardrail.keyScopes.includes(scope)) return false
    }
    const owner = facts.chain.find((node) => node.ownPermissions.has(scope))
    const own = owner?.ownPermissions.get(scope)
    const same = own !== undefined && key.ownScopes.get(scope) === `${owner?.id}#${own.number}`
    if (same && scope === permission) return true
    const then = facts.catalogueOf(key.catalogueVersion)?.scopeByName.get(scope)?.entry
    const nowMeans = facts.head.scopeByName.get(then?.name ?? '')?.entry.permissions ?? []
    return then?.permissions.includes(permission) === true && nowMeans.includes(permission)
  })

const tokenReaches = ({ token, chain }: Facts): boolean => {
  if (token.tenant !== undefined && chain.filter((node) => node.id === token.tenant).length === 0) return false
  const home = chain.find((node) => node.id === token.tenant) ?? chain[0]
  if (token.placement !== undefined && token.placement !== home?.placementId) return false
  if (token.accounts === undefined) return true
  for (const [id, placement] of token.accounts) {
    if (id === chain[0]?.id && placement === chain[0].placementId) return true
  }
  return false
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
      if (suspendedAtOrAbove(subject, distance, chain)) continue
      if (entry.placement !== undefined && entry.placement !== chain[distance]?.placementId) continue
      if (entry.borrowed === true && !activeAt(subject, chain[distance + 1]?.id)) continue
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

/** §2: whoever is suspended at a tenant has nothing of what is stored there or at any tenant below. */
const suspendedAtOrAbove = (subject: SubjectFacts, distance: number, chain: Facts['chain']): boolean => {
  const here = chain.slice(distance).map((node) => node.id)
  const own = subject.grants.filter((stored) => stored.principal === subject.principal)
  return own.some((stored) => stored.status === 'suspended' && here.includes(stored.at))
}

/** Whether they are an active member there by themselves, whatever their teams are. */
const activeAt = (subject: SubjectFacts, tenant: string | undefined): boolean => {
  const own = subject.grants.filter((stored) => stored.principal === subject.principal && stored.at === tenant)
  return own[0]?.status === 'active'
}

/** What conditions see: first what is said far above, then what is said nearer, down to where the entry is stored. */
const attributesFor = (subject: SubjectFacts, storedAt: string, chain: Facts['chain']) => {
  let seen = {}
  const where = chain.findIndex((node) => node.id === storedAt)
  for (const node of chain.slice(where).reverse()) {
    for (const stored of subject.grants) {
      const own = stored.principal === subject.principal && stored.at === node.id
      if (own && stored.status === 'active') seen = { ...seen, ...stored.attributes }
    }
  }
  return { ...seen, ...subject.attributes }
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
      subject: attributesFor(subject, stored.at, facts.chain),
      resource: question.resource,
      action: { ...question.action, permission: question.permission },
      request: question.request,
    }
    if (entry.condition === undefined || entry.condition.holds(input) === true) return true
  }
  return false
}

/** §2: a built-in role by the version recorded where it is assigned, less what the head withdrew; owners get owner defaults. */
const roleHas = (role: string, at: string, permission: string, facts: Facts): boolean => {
  const above = facts.chain.slice(facts.chain.findIndex((node) => node.id === at))
  if (facts.head.roleByName.has(role)) return builtInHas(role, above, permission, facts)
  const definer = above.findIndex((node) => node.customRoles.has(role))
  return definer !== -1 && customHas([role], above.slice(definer), permission, facts)
}

const builtInHas = (role: string, above: Facts['chain'], permission: string, facts: Facts): boolean => {
  const nowMeans = facts.head.roleByName.get(role)?.entry.permissions ?? []
  const thenMeant = facts.catalogueOf(above[0]?.catalogueVersion ?? '')?.roleByName.get(role)?.entry.permissions
  if (thenMeant === undefined) return false
  const owner = role.endsWith('.owner')
  if (owner && above.some((node) => node.ownPermissions.has(permission))) return true
  if (!nowMeans.includes(permission)) return false
  return thenMeant.includes(permission) || (owner && facts.head.permissionByName.get(permission)?.ownerDefault === true)
}

/** Everything that is reached by following what roles include, each once; `above` starts at the tenant that defines them. */
const customHas = (start: readonly string[], above: Facts['chain'], permission: string, facts: Facts): boolean => {
  const number = known({ permission } as Question, facts)?.number ?? 0 // the name alone is looked at
  const seen = new Set<string>()
  const open = [...start]
  for (let role = open.pop(); role !== undefined; role = open.pop()) {
    if (seen.has(role)) continue
    seen.add(role)
    if (facts.head.roleByName.has(role)) {
      if (builtInHas(role, above, permission, facts)) return true
      continue
    }
    const custom = above[0]?.customRoles.get(role)
    if (custom !== undefined && has(custom.permissions, number)) return true
    open.push(...(custom?.includes ?? []))
  }
  return false
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
  facts.token.key !== undefined
    ? keyCarries(facts.token.key, question.permission, facts)
    : facts.token.permissions === undefined || has(facts.token.permissions, numberOf(question, facts))

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
