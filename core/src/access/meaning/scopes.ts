// What a scope allows: the catalogue's scopes by their mapping, and each permission of an agency's own by its very name.
import type { Catalogue } from '../../catalogue/compile.ts'
import { effectiveScopes } from '../../catalogue/effective.ts'
import { empty, of, type PermissionSet, union } from '../../catalogue/permission-set.ts'
import type { Facts, NodeFacts } from '../facts.ts'
import { atLevels } from './permissions.ts'

type Known = Pick<Facts, 'head' | 'chain'>

export interface MeantScope {
  /** The name to show and to store: never an alias. */
  readonly name: string
  readonly permissions: PermissionSet
  readonly levels: readonly string[]
}

export const scopeIn = ({ head, chain }: Known, name: string): MeantScope | undefined => {
  const mapped = head.scopeByName.get(name)
  if (mapped !== undefined) {
    return { name: mapped.entry.name, permissions: mapped.permissions, levels: mapped.entry.levels }
  }
  const own = ownIn(chain, name)
  return own === undefined ? undefined : { name, permissions: of([own.number]), levels: own.levels }
}

const ownIn = (chain: readonly NodeFacts[], name: string) =>
  chain.map((node) => node.ownPermissions.get(name)).find((entry) => entry !== undefined)

/** What scopes allow together at their widest; unknown ones allow nothing. */
export const scopeSet = (known: Known, scopes: Iterable<string>): PermissionSet => {
  let set = empty
  for (const scope of scopes) set = union(set, scopeIn(known, scope)?.permissions ?? empty)
  return set
}

/** Which permission of which agency each scope of an own permission means: what is recorded with a credential. */
export const ownScopesIn = (chain: readonly NodeFacts[], scopes: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    scopes.flatMap((scope) =>
      identityOf(chain, scope) === undefined ? [] : [[scope, identityOf(chain, scope) ?? '']],
    ),
  )

/** By agency and number, neither of which is ever used again: a name can be given to something else. */
const identityOf = (chain: readonly NodeFacts[], scope: string): string | undefined => {
  const agency = chain.find((node) => node.ownPermissions.has(scope))
  const entry = agency?.ownPermissions.get(scope)
  return agency === undefined || entry === undefined ? undefined : `${agency.id}#${entry.number}`
}

export interface RecordedScopes {
  readonly scopes: readonly string[]
  readonly own: ReadonlyMap<string, string>
}

/** What scopes recorded at a catalogue version allow now: then less what was withdrawn since, and own permissions while they are the same. */
export const recordedScopes = (
  recorded: Catalogue | undefined,
  { head, chain }: Known,
  { scopes, own }: RecordedScopes,
): PermissionSet => {
  const same = scopes.filter((scope) => own.has(scope) && own.get(scope) === identityOf(chain, scope))
  const mine = of(same.flatMap((scope) => ownIn(chain, scope)?.number ?? []))
  return recorded === undefined ? mine : union(mine, effectiveScopes(recorded, head, scopes))
}

/** The level of a chain's tenant and those below it: where what is given there can be used. */
export const levelsFrom = (chain: readonly NodeFacts[]): readonly string[] => {
  const order = ['platform', 'agency', 'account']
  return order.slice(order.indexOf(chain[0]?.kind ?? 'account'))
}

/** What scopes allow at the tenant and below it; what can only be held above is nobody's to give or to use. */
export const usableScopes = (known: Known, scopes: readonly string[]): PermissionSet =>
  atLevels(known, scopeSet(known, scopes), levelsFrom(known.chain))
