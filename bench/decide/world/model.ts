// The world that every contestant is told about: agencies with accounts, users with assignments, and questions.

export type SizeName = 'S' | 'M' | 'L'

export interface Size {
  readonly name: SizeName
  readonly agencies: number
  readonly accounts: number
  readonly users: number
}

/** A role as its permissions: a built-in, or one of the shapes that custom roles have. */
export interface RoleShape {
  readonly index: number
  readonly name: string
  readonly permissions: ReadonlySet<string>
  readonly numbers: readonly number[]
}

/** `owner`: `resource.ownerId == subject.id`. Else a half-open window over `request.time`, one of a few. */
export type ConditionSpec = 'owner' | TimeWindow

export interface TimeWindow {
  readonly index: number
  /** Milliseconds since the Unix epoch. */
  readonly from: number
  readonly until: number
}

export interface Assignment {
  readonly id: string
  /** The agency or account where it is stored. */
  readonly at: string
  readonly reach: 'node' | 'subtree' | 'listed'
  /** For `listed`: accounts of the agency. */
  readonly accounts: readonly Account[]
  /** A built-in role's name or a custom role's id. */
  readonly role: string
  readonly shape: RoleShape
  readonly condition: ConditionSpec | undefined
}

export interface Account {
  readonly index: number
  readonly id: string
  readonly agency: Agency
}

export interface User {
  readonly index: number
  readonly id: string
  readonly agency: Agency
  readonly assignments: readonly Assignment[]
}

export interface Agency {
  readonly index: number
  readonly id: string
  readonly customRoles: ReadonlyMap<string, RoleShape>
  /** Those that are held: all, except at L, where only what a question names is. */
  accounts: readonly Account[]
  users: readonly User[]
}

export interface Question {
  /** Its place among the questions. */
  readonly index: number
  readonly user: string
  readonly userIndex: number
  readonly account: string
  readonly accountIndex: number
  readonly permission: string
  readonly permissionNumber: number
  /** The permission as `resource.action`, which is how most peers spell it. */
  readonly resourceName: string
  readonly actionName: string
  readonly resource: { readonly ownerId: string }
  readonly request: { readonly time: Date }
  /** Milliseconds since the Unix epoch; the same as `request.time`. */
  readonly time: number
  /** Asked with an API key's scopes instead of a sign-in session. */
  readonly scoped: boolean
  readonly expected: boolean
}

export interface World {
  readonly size: Size
  readonly agencies: readonly Agency[]
  readonly shapes: readonly RoleShape[]
  readonly windows: readonly TimeWindow[]
  readonly questions: readonly Question[]
}
