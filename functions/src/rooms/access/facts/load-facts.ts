// Reads what a decision needs: the chain of policies and the grants on it, by id, in one round trip where the credential names its agency.
import type { Facts, GrantsFacts, NodeFacts, SubjectFacts, TokenFacts } from '@latchkey/core/access/facts'
import { recordedScopes } from '@latchkey/core/access/meaning/scopes'
import type { Catalogue } from '@latchkey/core/catalogue/compile'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { platformTenant, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { idOf, kindOf, type PrincipalRef, teamRef, userOf } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { earliest, type Instant, plusSeconds } from '@latchkey/core/kernel/time'
import type { Caller } from '../../../guard/caller.ts'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'
import type { CatalogueStore } from './catalogue-store.ts'
import { grantsPath, inherited, platformNode, policyPath, readGrants, readPolicy, userPath } from './documents.ts'

export type LoadFacts = (read: Reader, caller: Caller, tenant: TenantId) => Promise<Result<Facts, IamError>>

/** Whose power is read: the caller, at `tenant` and above. */
interface Walk {
  readonly caller: Caller
  readonly catalogues: CatalogueStore
  readonly head: Catalogue
  /** Documents read so far; undefined means "read, and not there". */
  readonly known: Map<string, DocumentFields | undefined>
  readonly read: Reader
}

export const factsLoader =
  (catalogues: CatalogueStore): LoadFacts =>
  async (read, caller, tenant) => {
    const walk: Walk = { caller, catalogues, read, head: await catalogues.head(), known: new Map() }
    await fetch(walk, [...firstGuess(walk, tenant), ...ownPaths(caller)])
    const chain = await chainOf(walk, tenant)
    if (!chain.ok) return chain
    const grants = await grantsOf(walk, chain.value)
    const versions = await versionsOf(walk, chain.value)
    return ok({
      head: walk.head,
      catalogueOf: (version) => versions.get(version),
      chain: chain.value,
      subject: subjectOf(walk, grants),
      token: tokenOf(walk, chain.value, versions),
      installation: undefined,
      impersonation: undefined,
    })
  }

const fetch = async ({ known, read }: Walk, paths: readonly string[]): Promise<void> => {
  const missing = [...new Set(paths)].filter((path) => !known.has(path))
  const found = await read.getAll(missing)
  missing.forEach((path, index) => void known.set(path, found[index]))
}

const ownPaths = ({ principal }: Caller): readonly string[] => {
  const uid = userOf(principal)
  return uid === undefined ? [] : [userPath(uid)]
}

const nodePaths = ({ caller }: Walk, tenant: TenantId): readonly string[] =>
  tenant === platformTenant && !holdsAtPlatform(caller)
    ? []
    : [policyPath(tenant), grantsPath(tenant, caller.principal)]

/** Only staff and the platform's own service accounts can hold anything at the platform; of whom is only asked about, nobody knows it yet. */
const holdsAtPlatform = ({ session, key }: Caller): boolean =>
  session?.staff === true || key?.tenant === platformTenant || (session === undefined && key === undefined)

/** A key says which agency it lived under when it was made; if the tree says otherwise now, the tree wins. */
const firstGuess = (walk: Walk, tenant: TenantId): readonly string[] => {
  const { key } = walk.caller
  const guesses = [
    tenant,
    platformTenant,
    ...(key === undefined ? [] : [key.tenant]),
    ...(key?.agencyHint === undefined ? [] : [key.agencyHint]),
  ]
  return guesses.flatMap((guess) => nodePaths(walk, guess))
}

const chainOf = async (walk: Walk, tenant: TenantId): Promise<Result<readonly NodeFacts[], IamError>> => {
  const chain: NodeFacts[] = []
  let next: TenantId | undefined = tenant
  while (next !== undefined) {
    if (chain.length > 3)
      return err(iamError('unavailable', { retryAfterSeconds: 30, internal: `the tree above ${tenant} has no root` }))
    await fetch(walk, nodePaths(walk, next))
    const node: Result<NodeFacts, IamError> = nodeOf(walk, next)
    if (!node.ok) {
      if (chain.length === 0) await fetch(walk, nodePaths(walk, agencyLike(next)))
      return node
    }
    chain.push(node.value)
    next = node.value.parentId
  }
  return ok(withAdopted(chain))
}

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

const nodeOf = ({ known, head }: Walk, tenant: TenantId): Result<NodeFacts, IamError> => {
  const path = policyPath(tenant)
  if (tenant === platformTenant && !known.has(path)) return ok(platformNode(head.version))
  const fields = known.get(path)
  if (fields === undefined) return err(iamError('not_found'))
  const node = readPolicy(tenant, fields)
  if (node !== undefined) return ok(node)
  return err(iamError('unavailable', { retryAfterSeconds: 30, internal: `the policy of ${tenant} is malformed` }))
}

/** The subject's own grants on the chain, and those of its teams: a team lives at one node and counts there. */
const grantsOf = async (walk: Walk, chain: readonly NodeFacts[]): Promise<readonly GrantsFacts[]> => {
  const { principal } = walk.caller
  const own = chain
    .filter((node) => node.id !== platformTenant || mayHoldAtPlatform(walk))
    .map((node) => readGrants(node.id, principal, walk.known.get(grantsPath(node.id, principal))))
  const teams = own.flatMap((grants) =>
    grants.status === 'active' ? grants.teams.map((team) => ({ at: grants.at, principal: teamRef(team) })) : [],
  )
  await fetch(
    walk,
    teams.map((team) => grantsPath(team.at, team.principal)),
  )
  return [
    ...own,
    ...teams.map((team) => readGrants(team.at, team.principal, walk.known.get(grantsPath(team.at, team.principal)))),
  ]
}

const mayHoldAtPlatform = ({ caller, known }: Walk): boolean => {
  const uid = userOf(caller.principal)
  return uid === undefined || known.get(userPath(uid))?.['staff'] === true
}

const versionsOf = async (walk: Walk, chain: readonly NodeFacts[]): Promise<ReadonlyMap<string, Catalogue>> => {
  const wanted = [...chain.map((node) => node.catalogueVersion), walk.caller.key?.catalogueVersion ?? walk.head.version]
  const versions = new Map([[walk.head.version, walk.head]])
  for (const version of new Set(wanted)) {
    const catalogue = versions.get(version) ?? (await walk.catalogues.ofVersion(version))
    if (catalogue !== undefined) versions.set(version, catalogue)
  }
  return versions
}

const subjectOf = (walk: Walk, grants: readonly GrantsFacts[]): SubjectFacts => ({
  principal: walk.caller.principal,
  active: isActive(walk, grants),
  attributes: { id: idOf(walk.caller.principal), kind: kindOf(walk.caller.principal) },
  grants,
})

/** A person by their own document, a service account by its grants at the tenant that it belongs to; a key, besides, by when it was made. */
const isActive = ({ caller, known }: Walk, grants: readonly GrantsFacts[]): boolean => {
  const home = caller.key?.tenant
  if (caller.key !== undefined && keyEnded(caller.key, caller.principal, { known, grants })) return false
  const uid = userOf(caller.principal)
  if (uid === undefined) {
    // Deleted anywhere above is deleted here, whatever still stands in an account.
    if (grants.some((one) => known.get(grantsPath(one.at, one.principal))?.['status'] === 'removed')) return false
    return grants.some(
      (one) => one.principal === caller.principal && one.status === 'active' && (home ?? one.at) === one.at,
    )
  }
  const status = known.get(userPath(uid))?.['status']
  return status === undefined || status === 'active'
}

/** Removed at the key's tenant or anywhere above it: what was made before is dead there and below. */
const keyEnded = (
  { createdAt, tenant }: NonNullable<Caller['key']>,
  principal: PrincipalRef,
  { known, grants }: { readonly known: Walk['known']; readonly grants: readonly GrantsFacts[] },
): boolean =>
  [tenant, ...grants.map((one) => one.at)].some((at) =>
    isEnded(createdAt, known.get(grantsPath(at, principal))?.['keysNotBefore']),
  )

/** Bulk revocation is one entry: whatever was made at or before it is dead, and stays dead when its owner comes back (DESIGN.md §2). */
const isEnded = (madeAt: Instant, notBefore: unknown): boolean => {
  const end = instantIn(notBefore)
  return notBefore !== undefined && (end === undefined || madeAt <= end)
}

/** A guardrail's ceiling clips use at once; what is stored stays as it is (DESIGN.md §2). */
const ceilings = (createdAt: Instant, chain: readonly NodeFacts[]): readonly Instant[] =>
  chain.flatMap(({ guardrail: { maxKeyLifetime } }) =>
    maxKeyLifetime === undefined ? [] : [plusSeconds(createdAt, maxKeyLifetime)],
  )

const tokenOf = (
  { caller, head }: Walk,
  chain: readonly NodeFacts[],
  versions: ReadonlyMap<string, Catalogue>,
): TokenFacts => {
  const { key, session } = caller
  if (key === undefined)
    return {
      permissions: undefined,
      tenant: undefined,
      accounts: undefined,
      signedInAt: session?.signedInAt,
      notAfter: undefined,
    }
  return {
    permissions: recordedScopes(
      versions.get(key.catalogueVersion),
      { head, chain },
      { scopes: key.scopes, own: key.ownScopes },
    ),
    tenant: key.tenant,
    ...(key.placement === undefined ? {} : { placement: key.placement }),
    accounts: key.accounts,
    signedInAt: undefined,
    notAfter: earliest(key.notAfter, ...ceilings(key.createdAt, chain)),
  }
}
