// What the policies look at: a plan of an environment, the manifest of the functions, and the files themselves.

export interface PlannedResource {
  readonly type: string
  readonly address: string
  readonly after: Readonly<Record<string, unknown>>
}

export interface Endpoint {
  readonly serviceAccountEmail?: string | null
  readonly availableMemoryMb?: number | null
  readonly concurrency?: number | null
  readonly cpu?: number | null
  readonly maxInstances?: number | null
  readonly timeoutSeconds?: number | null
  readonly ingressSettings?: string | null
  readonly httpsTrigger?: { readonly invoker?: readonly string[] }
  readonly callableTrigger?: object
  readonly taskQueueTrigger?: { readonly invoker?: readonly string[] }
  readonly scheduleTrigger?: { readonly schedule: string }
  readonly eventTrigger?: { readonly eventFilters?: Readonly<Record<string, string>> }
}

/** An origin, as `firebase.json` has it. */
export interface Site {
  /** In the order of `firebase.json`: Hosting takes the first that matches. */
  readonly rewrites: readonly { readonly source: string; readonly to: string }[]
  /** Paths of its files, which Hosting prefers to any rewrite. */
  readonly files: readonly string[]
}

/** What a function may write to the log. */
export interface LogLine {
  readonly isError: boolean
  readonly words: string
  /** Whether the words are all of it; otherwise it goes on with what differs. */
  readonly isWhole: boolean
}

/** A row of the table of promises. */
export interface PromiseRow {
  readonly promise: string
  readonly alarms: readonly string[]
  readonly runbooks: readonly string[]
  /** Why there is no alarm, or what it does not see. */
  readonly why: string
  readonly tests: readonly { readonly file: string; readonly isThere: boolean }[]
}

export interface Judged {
  readonly resources: readonly PlannedResource[]
  /** Of the same environment with `closed`. */
  readonly whenClosed: readonly PlannedResource[]
  readonly settings: Readonly<Record<string, unknown>>
  readonly endpoints: Readonly<Record<string, Endpoint>>
  /** Path below `terraform/` → text, of every file. */
  readonly files: Readonly<Record<string, string>>
  /** Names of the settings that the functions read. */
  readonly read: readonly string[]
  /** Secrets that the code asks for: those that `rotateSecrets` renews, and those that people give. */
  readonly secrets: { readonly renewed: readonly string[]; readonly given: readonly string[] }
  /** By origin. */
  readonly sites: Readonly<Record<string, Site>>
  readonly said: readonly LogLine[]
  readonly promises: readonly PromiseRow[]
  /** By name: their text. */
  readonly runbooks: Readonly<Record<string, string>>
}

/** Answers a sentence for each violation. */
export type Policy = (judged: Judged) => readonly string[]

export const ofType = ({ resources }: Judged, ...types: readonly string[]): readonly PlannedResource[] =>
  resources.filter(({ type }) => types.includes(type))

export const textIn = ({ after }: PlannedResource, field: string): string => {
  const value = after[field]
  return typeof value === 'string' ? value : ''
}

export const blocksIn = ({ after }: PlannedResource, field: string): readonly Readonly<Record<string, unknown>>[] => {
  const value = after[field]
  return Array.isArray(value) ? (value as readonly Readonly<Record<string, unknown>>[]) : [] // as Terraform plans blocks
}

/** The only block of that name. */
export const blockIn = (resource: PlannedResource, field: string): Readonly<Record<string, unknown>> =>
  blocksIn(resource, field)[0] ?? {}

/** Who is given something: whatever the resource is called. */
export const givenTo = (resource: PlannedResource): readonly string[] => {
  const { member, members } = resource.after
  return [...(typeof member === 'string' ? [member] : []), ...(Array.isArray(members) ? members.map(String) : [])]
}
