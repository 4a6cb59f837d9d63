// The ways of a policy: custom roles that hold less, and guardrails that refuse more.
import { fromBase64url, intersect, toBase64url } from '../../catalogue/permission-set.ts'
import { canonicalJson, type Json } from '../../kernel/canonical-json.ts'
import { both, type JsonMap, mapOf, namesIn, sharedNames, textsOf, type Way } from './way.ts'

const sharedRole = (one: unknown, other: unknown): JsonMap => {
  const [mine, theirs] = [mapOf(one), mapOf(other)]
  const includes = both(mine['includes'], theirs['includes'])
  // Of three hundred roles one has changed: the others are not taken apart and put together again.
  if (mine['permissions'] === theirs['permissions'] && fromBase64url(String(mine['permissions'])) !== undefined)
    return { permissions: String(mine['permissions']), includes }
  const sets = [mine, theirs].map(({ permissions }) => fromBase64url(String(permissions)))
  const [a, b] = sets
  // What cannot be read holds nothing.
  const permissions = a === undefined || b === undefined ? '' : toBase64url(intersect(a, b))
  return { permissions, includes }
}

/** The roles that there are, and what each holds of which something is known. */
interface Roles {
  readonly names: Json
  readonly held: JsonMap
}

const rolesIn = (taken: unknown): Roles => ({
  names: mapOf(mapOf(taken)['names']) as JsonMap,
  held: mapOf(mapOf(taken)['held']) as JsonMap,
})

const sharedRoles = (one: unknown, other: unknown): JsonMap => {
  const [mine, theirs] = [rolesIn(one), rolesIn(other)]
  const names = sharedNames(mine.names, theirs.names)
  const held = Object.keys(mapOf(names)).flatMap((role) => {
    const known = [mine.held[role], theirs.held[role]].filter((some) => some !== undefined)
    return known.length === 0 ? [] : [[role, sharedRole(known[0], known.at(-1))] as const]
  })
  return { names, held: Object.fromEntries(held) }
}

/** Custom roles as a policy holds them. */
export const roles: Way = {
  plain: (stored) => {
    const all = { names: namesIn(stored), held: mapOf(stored) }
    return sharedRoles(all, all)
  },
  join: sharedRoles,
  narrowed: (stored, taken) => {
    const { names, held } = rolesIn(taken)
    const left = Object.entries(mapOf(stored)).filter(([role]) => Object.hasOwn(mapOf(names), role))
    return Object.fromEntries(
      left.map(([role, is]) => [role, held[role] === undefined ? is : { ...mapOf(is), ...sharedRole(is, held[role]) }]),
    )
  },
  // A line of the log has room for the roles of a tenant by name, not for what each of them holds.
  trimmed: (was, now) => {
    const [before, after] = [rolesIn(was), rolesIn(now)]
    const changed = Object.entries(after.held).filter(
      ([role, held]) => canonicalJson(held) !== canonicalJson(before.held[role]),
    )
    return { names: after.names, held: Object.fromEntries(changed) }
  },
}

const either = (one: unknown, other: unknown): string[] => [...new Set([...textsOf(one), ...textsOf(other)])].toSorted()

const smaller = (one: unknown, other: unknown): unknown =>
  [one, other].filter((days) => typeof days === 'number').toSorted((a, b) => Number(a) - Number(b))[0]

/** Without a list everything is allowed. */
const allowedBoth = (one: unknown, other: unknown): unknown =>
  one === undefined && other === undefined ? undefined : both(one ?? other, other ?? one)

const joinedGuardrails = (one: unknown, other: unknown): JsonMap => {
  const [mine, theirs] = [mapOf(one), mapOf(other)]
  const joined = {
    deniedPermissions: either(mine['deniedPermissions'], theirs['deniedPermissions']),
    maxKeyLifetimeDays: smaller(mine['maxKeyLifetimeDays'], theirs['maxKeyLifetimeDays']),
    keyKinds: allowedBoth(mine['keyKinds'], theirs['keyKinds']),
    keyScopes: allowedBoth(mine['keyScopes'], theirs['keyScopes']),
  }
  // Cast: texts, lists of texts and numbers, without what is not set.
  return Object.fromEntries(Object.entries(joined).filter(([, value]) => value !== undefined)) as JsonMap
}

/** Union of denials, minimum of maxima (DESIGN.md §2). */
export const guardrail: Way = {
  plain: (stored) => joinedGuardrails(stored, {}),
  join: joinedGuardrails,
  narrowed: (stored, taken) => ({ ...mapOf(stored), ...joinedGuardrails(stored, taken) }),
}

/** Of an agency's own permissions: where each can be held. */
const levelsIn = (stored: unknown): JsonMap =>
  Object.fromEntries(
    Object.entries(mapOf(stored))
      .map(([name, own]) => [name, textsOf(mapOf(own)['levels']).toSorted()] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )

const sharedLevels = (one: Json, other: Json): JsonMap =>
  Object.fromEntries(
    Object.entries(mapOf(one)).flatMap(([name, levels]) => {
      const shared = both(levels, mapOf(other)[name])
      return shared.length === 0 ? [] : [[name, shared] as const]
    }),
  )

/** One that can be held nowhere is none. */
export const levels: Way = {
  plain: levelsIn,
  join: sharedLevels,
  narrowed: (stored, taken) =>
    Object.fromEntries(
      Object.entries(mapOf(stored)).flatMap(([name, own]) => {
        const left = textsOf(mapOf(own)['levels']).filter((level) => textsOf(mapOf(taken)[name]).includes(level))
        return left.length === 0 ? [] : [[name, { ...mapOf(own), levels: left }] as const]
      }),
    ),
}
