// Compositions of custom roles: none includes itself, none is deeper or larger than a decision unfolds; all in linear time (CATALOGUE C-105).
import { type IamError, iamError } from '../../kernel/errors.ts'
import type { CustomRole } from '../facts.ts'
import { maxComposition } from '../roles.ts'

/** Inclusions of one role, each counted as often as it is reached: what reading the role costs at worst. */
export const maxInclusions = 500

type Roles = ReadonlyMap<string, Pick<CustomRole, 'includes'>>

/** The roles that include `role`, directly or by way of others, itself first. */
export const includersOf = (roles: Roles, role: string): readonly string[] => {
  const direct = new Map<string, string[]>()
  for (const [id, { includes }] of roles) {
    for (const included of includes) {
      const includers = direct.get(included)
      if (includers === undefined) direct.set(included, [id])
      else includers.push(id)
    }
  }
  const found = new Set([role])
  for (const id of found) for (const includer of direct.get(id) ?? []) found.add(includer) // a set grows while it is walked
  return [...found]
}

/** Why the composition cannot be saved with this role in it; `roles` as they would stand. */
export const compositionFault = (roles: Roles, role: string): IamError | undefined => {
  const includers = includersOf(roles, role)
  const own = roles.get(role)?.includes ?? []
  const circular = own.findIndex((included) => includers.includes(included))
  if (circular >= 0) {
    return iamError('invalid_request', {
      field: `includes[${circular}]`,
      detail: 'A role cannot include itself, not even by way of others.',
    })
  }
  const known = new Map<string, Extent>()
  const extents = includers.map((id) => extentOf(roles, id, known))
  if (extents.some(({ depth }) => depth > maxComposition)) {
    return iamError('invalid_request', {
      field: 'includes',
      detail: `Roles include one another at most ${maxComposition} deep.`,
    })
  }
  if (extents.every(({ inclusions }) => inclusions <= maxInclusions)) return undefined
  return iamError('limit_exceeded', {
    field: 'includes',
    detail: `A role comes to at most ${maxInclusions} inclusions, those of what it includes counted too.`,
  })
}

interface Extent {
  readonly depth: number
  readonly inclusions: number
}

const endless: Extent = { depth: Number.POSITIVE_INFINITY, inclusions: Number.POSITIVE_INFINITY }

/** Each role is measured once; a circle among stored ones, which only damage can make, is endless. */
const extentOf = (roles: Roles, role: string, known: Map<string, Extent>): Extent => {
  const measured = known.get(role)
  if (measured !== undefined) return measured
  known.set(role, endless)
  let depth = 0
  let inclusions = 0
  for (const included of roles.get(role)?.includes ?? []) {
    const below = roles.has(included) ? extentOf(roles, included, known) : { depth: 0, inclusions: 0 }
    depth = Math.max(depth, below.depth)
    inclusions += 1 + below.inclusions
  }
  const extent = { depth: depth + 1, inclusions }
  known.set(role, extent)
  return extent
}
