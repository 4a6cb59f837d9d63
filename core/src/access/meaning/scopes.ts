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

/** What scopes recorded at a catalogue version allow now: then less what was withdrawn since, and own permissions while they exist. */
export const recordedScopes = (
  recorded: Catalogue | undefined,
  { head, chain }: Known,
  scopes: readonly string[],
): PermissionSet => {
  const own = of(scopes.flatMap((scope) => ownIn(chain, scope)?.number ?? []))
  return recorded === undefined ? own : union(own, effectiveScopes(recorded, head, scopes))
}

/** The level of a chain's tenant and those below it: where what is given there can be used. */
export const levelsFrom = (chain: readonly NodeFacts[]): readonly string[] => {
  const order = ['platform', 'agency', 'account']
  return order.slice(order.indexOf(chain[0]?.kind ?? 'account'))
}

/** What scopes allow at the tenant and below it; what can only be held above is nobody's to give or to use. */
export const usableScopes = (known: Known, scopes: readonly string[]): PermissionSet =>
  atLevels(known, scopeSet(known, scopes), levelsFrom(known.chain))
