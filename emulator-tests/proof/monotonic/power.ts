// What somebody holds without condition, told from what they were given and the published catalogue alone.
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }

export interface Grant {
  readonly at: string
  readonly role: string
  readonly reach: 'node' | 'subtree' | 'listed'
  readonly accounts: readonly string[]
  readonly condition: string | undefined
  readonly until: number | undefined
}

/** What narrows a key: its scopes, its accounts, its end, and the tenant that it is for. */
export interface Narrowing {
  readonly at: string
  readonly scopes: readonly string[]
  readonly accounts: readonly string[]
  readonly until: number
}

export interface Power {
  readonly grants: readonly Grant[]
  readonly key: Narrowing | undefined
}

export interface Place {
  readonly tenant: string
  readonly kind: 'agency' | 'account'
}

interface Known {
  /** The agency that every other tenant here is an account of. */
  readonly agency: string
  /** Permissions of custom roles, by id. */
  readonly custom: ReadonlyMap<string, readonly string[]>
  readonly denied: ReadonlySet<string>
}

const builtIn = new Map(initial.roles.map(({ name, permissions }) => [name, permissions as readonly string[]]))
const levels = new Map(initial.permissions.map((entry) => [entry.name, entry.levels as readonly string[]]))
/** A scope that a test publishes itself is not in the file. */
const scopes = new Map(initial.scopes.map(({ name, permissions }) => [name, permissions as readonly string[]]))
export const publishScope = (name: string, permissions: readonly string[]): void => void scopes.set(name, permissions)

export const permissionsOf = (role: string, custom: Known['custom']): readonly string[] =>
  custom.get(role) ?? builtIn.get(role) ?? []

const arrives = ({ at, reach, accounts }: Grant, { tenant }: Place, agency: string): boolean => {
  if (at === tenant) return reach !== 'listed'
  if (at !== agency) return false
  return reach === 'subtree' || (reach === 'listed' && accounts.includes(tenant))
}

/** At one tenant, at one moment. */
export const powerAt = ({ grants, key }: Power, place: Place, at: number, known: Known): ReadonlySet<string> => {
  const live = grants.filter(({ condition, until }) => condition === undefined && (until === undefined || at < until))
  const held = live
    .filter((grant) => arrives(grant, place, known.agency))
    .flatMap(({ role }) => permissionsOf(role, known.custom))
    .filter((name) => levels.get(name)?.includes(place.kind) === true && !known.denied.has(name))
  if (key === undefined) return new Set(held)
  const reached =
    key.accounts.length > 0 ? key.accounts.includes(place.tenant) : key.at === place.tenant || key.at === known.agency
  const scoped = new Set(key.scopes.flatMap((scope) => scopes.get(scope) ?? []))
  return new Set(reached && at < key.until ? held.filter((name) => scoped.has(name)) : [])
}
