// The tree over the segments of one seal (as RFC 6962 §2.1 builds it): one root for all, and a short path from each of them to it.
import { invariant } from '../kernel/invariant.ts'
import type { Sha256 } from './commitment.ts'

const leafOf = (sha256: Sha256, text: string): string => sha256(`latchkey.audit.leaf.v1\n${text}`)
const nodeOf = (sha256: Sha256, left: string, right: string): string =>
  sha256(`latchkey.audit.node.v1\n${left}\n${right}`)

/** One that has no neighbour goes up as it is. */
const levelAbove = (sha256: Sha256, level: readonly string[]): readonly string[] =>
  level.flatMap((hash, index) => {
    if (index % 2 === 1) return []
    const right = level[index + 1]
    return [right === undefined ? hash : nodeOf(sha256, hash, right)]
  })

export const rootOf = (sha256: Sha256, leaves: readonly string[]): string => {
  invariant(leaves.length > 0, 'a seal is over something')
  let level: readonly string[] = leaves.map((text) => leafOf(sha256, text))
  while (level.length > 1) level = levelAbove(sha256, level)
  return level[0] ?? ''
}

/** For every leaf the neighbours on its way to the root, from below. */
export const pathsOf = (sha256: Sha256, leaves: readonly string[]): readonly (readonly string[])[] => {
  const paths: string[][] = leaves.map(() => [])
  let level: readonly string[] = leaves.map((text) => leafOf(sha256, text))
  for (let height = 0; level.length > 1; height++) {
    for (const [index, path] of paths.entries()) {
      const neighbour = level[(index >> height) ^ 1]
      if (neighbour !== undefined) path.push(neighbour)
    }
    level = levelAbove(sha256, level)
  }
  return paths
}

export interface Place {
  readonly index: number
  /** Of all leaves of the tree. */
  readonly count: number
  readonly path: readonly string[]
}

/** The root that a leaf at this place leads to; undefined when the path is not one of such a place. */
export const rootFrom = (sha256: Sha256, leaf: string, { index, count, path }: Place): string | undefined => {
  if (index < 0 || index >= count) return undefined
  let hash = leafOf(sha256, leaf)
  let used = 0
  for (let at = index, width = count; width > 1; at >>= 1, width = (width + 1) >> 1) {
    if ((at ^ 1) >= width) continue
    const neighbour = path[used++]
    if (neighbour === undefined) return undefined
    hash = at % 2 === 0 ? nodeOf(sha256, hash, neighbour) : nodeOf(sha256, neighbour, hash)
  }
  return used === path.length ? hash : undefined
}
