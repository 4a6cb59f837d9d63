// Inert definitions: a deployed function as data that can be listed, checked and documented before anything runs.

import type { Json } from '@latchkey/core/kernel/canonical-json'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { invariant } from '@latchkey/core/kernel/invariant'
import type { Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import * as z from 'zod'
import type { Admitted } from './admitted.ts'
import type { Caller } from './caller.ts'
import type { FlightPlan } from './doors/single-flight.ts'

/**
 * Who may call: holders of a permission at the tenant; with a reason that reviewers read: anybody signed in, whoever can sign the body
 * with a key that was set here beforehand, or anybody at all.
 */
export type Access =
  | { readonly permission: string }
  | { readonly signedIn: string }
  | { readonly signedBody: string }
  | { readonly public: string }

/** Why it needs no permission; undefined when it needs one. */
export const reasonOf = (access: Access): string | undefined => {
  if ('permission' in access) return undefined
  if ('signedIn' in access) return access.signedIn
  return 'signedBody' in access ? access.signedBody : access.public
}

/** Where a stream goes. */
export interface Lines {
  /** False when the listener does not keep up: then nothing more is taken. */
  readonly send: (line: Json) => boolean
  /** Resolves when the listener has taken what is held back for it, or has gone. */
  readonly drained: () => Promise<void>
  readonly end: () => void
}

/** How often one principal may call it, a minute and instance. */
export type RateClass = 'read' | 'write' | 'verify'

export interface OperationDefinition<Input, Output extends Json> {
  readonly kind: 'operation'
  /** The deployed function, as in `apiKeys`. */
  readonly group: string
  readonly name: string
  readonly summary: string
  readonly input: z.ZodType<Input>
  readonly output: z.ZodType<Output>
  readonly access: Access
  /** The tenant that the call is about; it names where the permission must be held. */
  readonly tenant: ((input: Input, caller: Caller) => TenantId | undefined) | undefined
  readonly effect: 'read' | 'write'
  readonly rate: RateClass
  /** Output fields that hold a secret: a stored answer is sealed, and the reference says "shown once". */
  readonly secrets: readonly string[]
  /** It may answer from what was true up to four seconds ago, unless the caller names a revision; only for what changes nothing. */
  readonly cached: boolean
  /** The revision that the caller asks for at least. */
  readonly atLeast: ((input: Input) => string | undefined) | undefined
  /** Set when the operation also answers at a path of its own; `{field}` in it is a field of the input. */
  readonly path: string | undefined
  /** `GET` only at a path of its own: its input is then the path's and the query's fields. */
  readonly method: 'GET' | 'POST'
  /** Set when the answer is a stream of lines: it is handed what the handler answers, which itself is never sent. Answers how to stop. */
  readonly stream: ((accepted: Output, lines: Lines) => () => void) | undefined
  /** A type of event: that somebody read this is kept in the tenant's log, once an hour for each reader, before anything is answered. */
  readonly noted: string | undefined
  readonly handler: Handler<Input, Output>
}

export type Handler<Input, Output> = (admitted: Admitted<Input>) => Promise<Result<Output, IamError>>

type Required = 'group' | 'name' | 'summary' | 'input' | 'output' | 'access' | 'effect' | 'handler'
type OperationSpec<Input, Output extends Json> = Pick<OperationDefinition<Input, Output>, Required> &
  Partial<OperationDefinition<Input, Output>>

/** An operation whose types are only known to its own room. */
// biome-ignore lint/suspicious/noExplicitAny: a list of operations mixes their input types; each handler only ever sees its own parsed input.
export type AnyOperation = OperationDefinition<any, any>

const namePattern = /^[a-z][A-Za-z]*$/
const pathPattern = /^(\/([a-z0-9]+|\{[a-z]+\}))+$/

/** Checks a definition when it is made, not when it is called: misconfiguration never reaches a request. */
export const operation = <Input, Output extends Json>(
  spec: OperationSpec<Input, Output>,
): OperationDefinition<Input, Output> => {
  const id = `${spec.group}/${spec.name}`
  invariant(namePattern.test(spec.group) && namePattern.test(spec.name), `${id} is not a name`)
  invariant(!('permission' in spec.access) || spec.tenant !== undefined, `${id}: a permission is held at a tenant`)
  invariant((reasonOf(spec.access) ?? 'a permission').length >= 10, `${id}: say why it needs no permission`)
  invariant(spec.path === undefined || pathPattern.test(spec.path), `${id}: ${spec.path} is no path`)
  invariant(
    spec.method !== 'GET' || (spec.path !== undefined && spec.effect === 'read'),
    `${id}: GET reads at a path of its own`,
  )
  invariant((spec.secrets ?? []).length === 0 || spec.effect === 'write', `${id}: only a write can make a secret`)
  invariant(spec.noted === undefined || spec.effect === 'read', `${id}: what changes anything has an event of its own`)
  invariant(spec.cached !== true || spec.effect === 'read', `${id}: what changes anything reads the present state`)
  const output = spec.effect === 'write' ? withRevision(spec.output) : spec.output
  return { kind: 'operation', rate: spec.effect, secrets: [], ...noneOf, ...spec, output }
}

const noneOf = {
  noted: undefined,
  path: undefined,
  method: 'POST' as const,
  stream: undefined,
  tenant: undefined,
  cached: false,
  atLeast: undefined,
}

/** Every write answers with the revision from which its effect can be read. */
const withRevision = <Output extends Json>(output: z.ZodType<Output>): z.ZodType<Output> =>
  output instanceof z.ZodObject
    ? (output.extend({
        revision: z.string().optional().meta({ description: 'reads that name it see this change' }),
      }) as unknown as z.ZodType<Output>) // the same shape and one field more
    : output

/** Runs as often as the table of jobs says, one run at a time. */
export interface ScheduleDefinition extends FlightPlan {
  readonly kind: 'schedule'
  readonly summary: string
}

export interface TriggerDefinition {
  readonly kind: 'trigger'
  readonly name: string
  readonly summary: string
  /** Document path with named wildcards, as in `tenants/{tenant}/assignments/{assignment}`. */
  readonly document: string
  /** Absent: at every write. A trigger that writes to what it watches must not hear of its own writes (CATALOGUE F-20). */
  readonly on?: 'created'
  /** It mostly waits for others, so an instance takes many at once. */
  readonly waits?: true
  /** Gets the path's parameters, and the document before as a hint where to look: what is true is read again, never taken from the event (CATALOGUE T-27). */
  readonly run: (
    job: Job,
    params: Readonly<Record<string, string>>,
    hint: Readonly<Record<string, unknown>>,
  ) => Promise<void>
}

export interface SubscriberDefinition {
  readonly kind: 'subscriber'
  readonly name: string
  readonly summary: string
  readonly topic: string
  /** A message that does not parse is parked, not retried. */
  readonly message: z.ZodType<unknown>
  /** It mostly waits for others, so an instance takes many at once. */
  readonly waits?: true
  readonly run: (job: Job, message: unknown) => Promise<void>
}

export interface TaskDefinition {
  readonly kind: 'task'
  /** Also the name of its queue. */
  readonly name: string
  readonly summary: string
  /** A task that does not parse is dropped with a word: nobody but us writes one. */
  readonly task: z.ZodType<unknown>
  /** At most so many at once, over all instances. */
  readonly mostAtOnce: number
  readonly run: (job: Job, task: unknown) => Promise<void>
}

/** What every run of a trigger or a subscriber gets: its moment and an id for log lines. */
export interface Job {
  readonly runId: string
  readonly now: Instant
}

export const schedule = (spec: Omit<ScheduleDefinition, 'kind'>): ScheduleDefinition => ({ kind: 'schedule', ...spec })

export const trigger = (spec: Omit<TriggerDefinition, 'kind'>): TriggerDefinition => {
  invariant(spec.document.split('/').length % 2 === 0, `${spec.name}: a trigger watches documents`)
  return { kind: 'trigger', ...spec }
}

export const taskQueue = (spec: Omit<TaskDefinition, 'kind'>): TaskDefinition => {
  invariant(namePattern.test(spec.name), `${spec.name} is no name of a queue`)
  return { kind: 'task', ...spec }
}

export const subscriber = (spec: Omit<SubscriberDefinition, 'kind'>): SubscriberDefinition => {
  invariant(/^[a-z][a-z-]+$/.test(spec.topic), `${spec.name}: ${spec.topic} is no topic`)
  return { kind: 'subscriber', ...spec }
}
