// Permissions by name and by number: the catalogue's, and those that an agency added for its own products.

import * as permissionSet from '../../catalogue/permission-set.ts'
import { intersect, type PermissionSet, toNumbers } from '../../catalogue/permission-set.ts'
import type { PermissionEntry } from '../../catalogue/schema.ts'
import type { Facts, NodeFacts } from '../facts.ts'

type Known = Pick<Facts, 'head' | 'chain'>

/** By exact name; an agency's own never look like the catalogue's (`own/…`), so neither hides the other. */
export const permissionIn = ({ head, chain }: Known, name: string): PermissionEntry | undefined => {
  const entry = head.permissionByName.get(name)
  if (entry !== undefined) return entry
  for (const node of chain) {
    const own = node.ownPermissions.get(name)
    if (own !== undefined) return own
  }
  return undefined
}

/** Those of a set that are known here, the catalogue's first, in the order of their numbers. */
export const entriesIn = ({ head, chain }: Known, set: PermissionSet): readonly PermissionEntry[] => {
  const own = new Map(chain.flatMap((node) => [...node.ownPermissions.values()].map((one) => [one.number, one])))
  return toNumbers(set).flatMap((number) => head.permissionByNumber.get(number) ?? own.get(number) ?? [])
}

export const namesIn = (known: Known, set: PermissionSet): readonly string[] =>
  entriesIn(known, set).map((entry) => entry.name)

/** Unknown names are left out: they grant nothing. */
export const setIn = (known: Known, names: Iterable<string>): PermissionSet =>
  permissionSet.of([...names].map((name) => permissionIn(known, name)?.number ?? 0))

/** All that a node has added itself. */
export const ownSet = (node: NodeFacts): PermissionSet =>
  permissionSet.of([...node.ownPermissions.values()].map((entry) => entry.number))

/** The part of a set that can be held at one of these levels. */
export const atLevels = (known: Known, set: PermissionSet, levels: readonly string[]): PermissionSet =>
  intersect(
    set,
    permissionSet.of(
      entriesIn(known, set)
        .filter((entry) => entry.levels.some((level) => levels.includes(level)))
        .map((entry) => entry.number),
    ),
  )
