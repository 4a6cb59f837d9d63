// From documents to the facts of a decision, without reading any: it answers the facts, or which documents are still needed for them.
// The server and the SDK read in their own ways and assemble in this one, so that they cannot disagree.
import type { Catalogue } from '../../catalogue/compile.ts'
import { type IamError, iamError } from '../../kernel/errors.ts'
import { platformTenant, prefixes, type TenantId } from '../../kernel/ids.ts'
import { idOf, kindOf, type PrincipalRef, teamRef, userOf } from '../../kernel/principal.ts'
import { err, ok, type Result } from '../../kernel/result.ts'
import type { Facts, GrantsFacts, NodeFacts, SubjectFacts } from '../facts.ts'
import type { Asker } from './asker.ts'
import {
  type DocumentFields,
  grantsPath,
  inherited,
  type MomentIn,
  platformNode,
  policyPath,
  readGrants,
  readPolicy,
  userPath,
} from './documents.ts'
import { type Head, isEndedBy } from './head.ts'
import { carriedEntry, keyEnded, tokenOf } from './token-facts.ts'

/** What has been read so far. */
export interface Known {
  /** Undefined: not read yet. Without fields: read, and not there. */
  readonly document: (path: string) => { readonly fields: DocumentFields | undefined } | undefined
  /** Undefined: not read yet. Without a catalogue: nobody knows this version. */
  readonly catalogue: (version: string) => { readonly catalogue: Catalogue | undefined } | undefined
  readonly head: Head
  readonly momentIn: MomentIn
}

/** Reading `documents` and `versions` and asking again leads on; it ends after a few rounds. */
export type Assembled =
  | { readonly kind: 'needs'; readonly documents: readonly string[]; readonly versions: readonly string[] }
  | { readonly kind: 'facts'; readonly facts: Result<Facts, IamError> }

interface Walk {
  readonly asker: Asker
  readonly known: Known
}

export const assembleFacts = (known: Known, asker: Asker, tenant: TenantId): Assembled => {
  const walk: Walk = { asker, known }
  const first = missing(walk, [...firstGuess(walk, tenant), ...ownPaths(asker)])
  if (first !== undefined) return first
  const chain = chainOf(walk, tenant)
  if (!isChain(chain)) return chain
  const own = ownGrants(walk, chain)
  const teams = teamsOf(own)
  const rest = missing(
    walk,
    teams.map(({ at, principal }) => grantsPath(at, principal)),
  )
  if (rest !== undefined) return rest
  const versions = versionsOf(walk, chain)
  if ('kind' in versions) return versions
  const grants = [...own, ...teams.map(({ at, principal }) => grantsAt(walk, at, principal))]
  return settled(
    ok({
      head: known.head,
      catalogueOf: (version) => versions.get(version),
      chain,
      subject: subjectOf(walk, chain, grants),
      token: tokenOf(asker, { chain, head: known.head, versions }),
      installation: undefined,
      impersonation: undefined,
    }),
  )
}

const settled = (facts: Result<Facts, IamError>): Assembled => ({ kind: 'facts', facts })

const missing = ({ known }: Walk, paths: readonly string[]): Assembled | undefined => {
  const documents = paths.filter((path) => known.document(path) === undefined)
  return documents.length === 0 ? undefined : { kind: 'needs', documents: [...new Set(documents)], versions: [] }
}

const fieldsAt = ({ known }: Walk, path: string): DocumentFields | undefined => known.document(path)?.fields

const ownPaths = ({ principal }: Asker): readonly string[] => {
  const uid = userOf(principal)
  return uid === undefined ? [] : [userPath(uid)]
}

const nodePaths = ({ asker }: Walk, tenant: TenantId): readonly string[] =>
  tenant === platformTenant && !holdsAtPlatform(asker) ? [] : [policyPath(tenant), grantsPath(tenant, asker.principal)]

/** Only staff and the platform's own service accounts can hold anything at the platform; of whom is only asked about, nobody knows it yet. */
const holdsAtPlatform = ({ session, key }: Asker): boolean =>
  session?.staff === true || key?.home === platformTenant || (session === undefined && key === undefined)

/** A key says which agency it lived under when it was made; if the tree says otherwise now, the tree wins. */
const firstGuess = (walk: Walk, tenant: TenantId): readonly string[] => {
  const { key } = walk.asker
  const guesses = [
    tenant,
    platformTenant,
    ...(key === undefined ? [] : [key.home]),
    ...(key?.agencyHint === undefined ? [] : [key.agencyHint]),
  ]
  return guesses.flatMap((guess) => nodePaths(walk, guess))
}

const isChain = (found: readonly NodeFacts[] | Assembled): found is readonly NodeFacts[] => Array.isArray(found)

const chainOf = (walk: Walk, tenant: TenantId): readonly NodeFacts[] | Assembled => {
  const chain: NodeFacts[] = []
  let next: TenantId | undefined = tenant
  while (next !== undefined) {
    if (chain.length > 3) return settled(err(notWhole(`the tree above ${tenant} has no root`)))
    const needs: Assembled | undefined = missing(walk, nodePaths(walk, next))
    if (needs !== undefined) return needs
    const node: Result<NodeFacts, IamError> = nodeOf(walk, next)
    if (!node.ok) {
      const decoy = chain.length === 0 ? missing(walk, nodePaths(walk, agencyLike(next))) : undefined
      return decoy ?? settled(node)
    }
    chain.push(node.value)
    next = node.value.parentId
  }
  return withAdopted(chain)
}

const notWhole = (internal: string): IamError => iamError('unavailable', { retryAfterSeconds: 30, internal })

/** A foreign account takes a second look, at its agency: one that never was takes as long, by looking where nothing is (CATALOGUE T-44). */
const agencyLike = (tenant: TenantId): TenantId =>
  tenant.replace(`${prefixes.account}_`, `${prefixes.agency}_`) as TenantId // of the same form; an agency was looked for already

/** An account goes by the catalogue that its agency has adopted: adopting stays one write (DESIGN.md §2). */
const withAdopted = (chain: readonly NodeFacts[]): readonly NodeFacts[] =>
  chain.map((node, index) =>
    node.catalogueVersion === inherited ? adopting(node, chain[index + 1]?.catalogueVersion ?? inherited) : node,
  )

// The same account under the same version is the same facts, so that what is compiled of it is kept with it.
const adopted = new WeakMap<NodeFacts, NodeFacts>()

const adopting = (node: NodeFacts, catalogueVersion: string): NodeFacts => {
  const kept = adopted.get(node)
  if (kept?.catalogueVersion === catalogueVersion) return kept
  const made = { ...node, catalogueVersion }
  adopted.set(node, made)
  return made
}

const nodeOf = (walk: Walk, tenant: TenantId): Result<NodeFacts, IamError> => {
  if (tenant === platformTenant && !holdsAtPlatform(walk.asker)) return ok(platformNode(walk.known.head.version))
  const fields = fieldsAt(walk, policyPath(tenant))
  if (fields === undefined) return err(iamError('not_found'))
  const node = readPolicy(tenant, fields)
  return node === undefined ? err(notWhole(`the policy of ${tenant} is malformed`)) : ok(node)
}

const grantsAt = (walk: Walk, at: TenantId, principal: PrincipalRef): GrantsFacts =>
  readGrants(at, principal, fieldsAt(walk, grantsPath(at, principal)), walk.known.momentIn)

const ownGrants = (walk: Walk, chain: readonly NodeFacts[]): readonly GrantsFacts[] =>
  chain
    .filter((node) => node.id !== platformTenant || mayHoldAtPlatform(walk))
    .map((node) => grantsAt(walk, node.id, walk.asker.principal))

/** A team lives at one node and counts there. */
const teamsOf = (own: readonly GrantsFacts[]) =>
  own.flatMap((grants) =>
    grants.status === 'active' ? grants.teams.map((team) => ({ at: grants.at, principal: teamRef(team) })) : [],
  )

const mayHoldAtPlatform = (walk: Walk): boolean => {
  const uid = userOf(walk.asker.principal)
  return uid === undefined || fieldsAt(walk, userPath(uid))?.['staff'] === true
}

const versionsOf = (
  { known, asker }: Walk,
  chain: readonly NodeFacts[],
): ReadonlyMap<string, Catalogue> | Assembled => {
  const named = [...chain.map((node) => node.catalogueVersion), asker.key?.catalogueVersion ?? known.head.version]
  const wanted = [...new Set(named)].filter((version) => version !== known.head.version)
  const versions = wanted.filter((version) => known.catalogue(version) === undefined)
  if (versions.length > 0) return { kind: 'needs', documents: [], versions }
  const found = wanted.flatMap((version) => {
    const catalogue = known.catalogue(version)?.catalogue
    return catalogue === undefined ? [] : [[version, catalogue] as const]
  })
  return new Map([[known.head.version, known.head], ...found])
}

const subjectOf = (walk: Walk, chain: readonly NodeFacts[], grants: readonly GrantsFacts[]): SubjectFacts => ({
  principal: walk.asker.principal,
  active: !isEndedEverywhere(walk) && !isKeyEnded(walk, chain, grants) && isActive(walk, grants),
  attributes: { id: idOf(walk.asker.principal), kind: kindOf(walk.asker.principal) },
  grants,
})

/** By the one entry that counts for the whole platform. */
const isEndedEverywhere = ({ asker: { key, session }, known }: Walk): boolean => {
  const { ends } = known.head
  if (key !== undefined && isEndedBy(ends?.keys, key.createdAt)) return true
  return session !== undefined && isEndedBy(ends?.sessions, session.signedInAt)
}

/** By an entry for its owner anywhere on the chain, or for all keys of its own tenant and of what is below one above it. */
const isKeyEnded = (walk: Walk, chain: readonly NodeFacts[], grants: readonly GrantsFacts[]): boolean => {
  const { key, principal } = walk.asker
  if (key === undefined) return false
  const owners = [key.home, ...grants.map((one) => one.at)].map((at) => fieldsAt(walk, grantsPath(at, principal)))
  const home = chain.findIndex(({ id }) => id === key.home)
  const policies = chain.slice(Math.max(home, 0)).map(({ id }) => fieldsAt(walk, policyPath(id)))
  const carried = policies.map((fields) => carriedEntry(fields, principal))
  return keyEnded(key, [...owners, ...policies, ...carried], walk.known.momentIn)
}

/** A person by their own document, a service account by its grants at the tenant that it belongs to. */
const isActive = (walk: Walk, grants: readonly GrantsFacts[]): boolean => {
  const { key, principal } = walk.asker
  const uid = userOf(principal)
  if (uid === undefined) {
    // Deleted anywhere above is deleted here, whatever still stands in an account.
    if (grants.some((one) => fieldsAt(walk, grantsPath(one.at, one.principal))?.['status'] === 'removed')) return false
    return grants.some(
      (one) => one.principal === principal && one.status === 'active' && (key?.home ?? one.at) === one.at,
    )
  }
  const status = fieldsAt(walk, userPath(uid))?.['status']
  return status === undefined || status === 'active'
}
