// The form of a scenario file: facts as people would tell them, questions, and the answers that every door must give.
import * as z from 'zod'

const kind = z.enum(['platform', 'agency', 'account'])
const moment = z.iso.datetime({ offset: true })
const attributes = z.record(z.string(), z.unknown())

const tenant = z.strictObject({
  kind,
  under: z.string().optional(),
  status: z.enum(['active', 'suspended', 'deleted']).optional(),
  guardrail: z.array(z.string()).optional(),
  /** Custom roles by a name of their own; `includes` takes built-in roles and roles of the same tenant. */
  roles: z
    .record(z.string(), z.strictObject({ permissions: z.array(z.string()), includes: z.array(z.string()).optional() }))
    .optional(),
  /** Permissions that the agency added, with the levels at which they can be held. */
  own: z.record(z.string(), z.array(kind)).optional(),
  /** It was moved away and back, after everything in this file that is not marked `afterMove`. */
  moved: z.literal(true).optional(),
  /** Another version than the newest, which nobody can adopt from outside. */
  catalogueVersion: z.string().optional(),
})

const assignment = z.strictObject({
  who: z.string(),
  role: z.string(),
  at: z.string(),
  reach: z.enum(['node', 'subtree', 'listed']).default('subtree'),
  accounts: z.array(z.string()).optional(),
  condition: z.string().optional(),
  until: moment.optional(),
  /** Given at an account to somebody of its agency, who is no member there: it ends when either is over. */
  borrowed: z.literal(true).optional(),
  afterMove: z.literal(true).optional(),
})

const facts = z.strictObject({
  tenants: z.record(z.string(), tenant),
  people: z.record(z.string(), z.strictObject({ disabled: z.literal(true).optional() })),
  services: z.array(z.string()).default([]),
  teams: z.record(z.string(), z.strictObject({ at: z.string(), members: z.array(z.string()) })).default({}),
  /** Whoever has an assignment is an active member there; this says who is not, and what admins say of a member. */
  memberships: z
    .array(
      z.strictObject({
        who: z.string(),
        at: z.string(),
        status: z.enum(['active', 'suspended', 'removed']).default('active'),
        attributes: attributes.optional(),
      }),
    )
    .default([]),
  assignments: z.record(z.string(), assignment),
})

/** What is otherwise in this one case: tenants by field, the rest by name; null takes something away. */
const change = z.strictObject({
  tenants: z.record(z.string(), tenant.partial()).optional(),
  people: facts.shape.people.optional(),
  teams: facts.shape.teams.unwrap().optional(),
  memberships: facts.shape.memberships.unwrap().optional(),
  assignments: z.record(z.string(), assignment.nullable()).optional(),
})

const key = z.strictObject({
  tenant: z.string(),
  scopes: z.array(z.string()),
  accounts: z.array(z.string()).optional(),
  /** The key was made when the accounts that have moved were elsewhere. */
  beforeMove: z.literal(true).optional(),
  until: moment.optional(),
})

const ask = z.strictObject({
  who: z.string(),
  permission: z.string(),
  at: z.string(),
  resource: attributes.optional(),
  action: attributes.optional(),
  address: z.string().optional(),
  /** The file's `now` when absent. */
  when: moment.optional(),
  /** A minute ago when absent; null: nobody knows. Only of a sign-in. */
  signedInSecondsAgo: z.number().nullable().optional(),
  key: key.optional(),
  installation: z
    .strictObject({
      at: z.string(),
      scopes: z.array(z.string()),
      active: z.boolean().default(true),
      only: z.array(z.string()).optional(),
      allBut: z.array(z.string()).optional(),
    })
    .optional(),
  impersonatedBy: z
    .strictObject({ actor: z.string(), permissions: z.array(z.string()), tenant: z.string() })
    .optional(),
})

const expected = z.strictObject({
  allowed: z.boolean(),
  code: z.string(),
  decidedBy: z.string(),
  /** What became of each assignment of the one who asks, by its name in this file. */
  outcomes: z.record(z.string(), z.string()),
  /** The kinds of what would help, in order. */
  fixes: z.array(z.string()),
})

export const scenarioFile = z.strictObject({
  story: z.string(),
  now: moment,
  facts,
  cases: z
    .array(
      z.strictObject({
        name: z.string(),
        /** Rows of the CATALOGUE that the case covers. */
        covers: z.array(z.string().regex(/^[A-Z]{1,3}-\d+$/)).default([]),
        /** It cannot be brought about from outside: no door makes it yet. */
        pureOnly: z.literal(true).optional(),
        change: change.optional(),
        ask,
        expect: expected,
      }),
    )
    .min(1),
})

export type ScenarioFile = z.output<typeof scenarioFile>
export type ScenarioCase = ScenarioFile['cases'][number]
export type ScenarioFacts = z.output<typeof facts>
type ScenarioChange = z.output<typeof change>

/** The facts of one case: those of the file with what is otherwise. */
export const factsOfCase = ({ facts }: ScenarioFile, { change: other = {} }: ScenarioCase): ScenarioFacts => ({
  ...facts,
  tenants: mergedTenants(facts.tenants, other.tenants ?? {}),
  people: { ...facts.people, ...other.people },
  teams: { ...facts.teams, ...other.teams },
  memberships: other.memberships ?? facts.memberships,
  assignments: Object.fromEntries(
    Object.entries({ ...facts.assignments, ...other.assignments }).flatMap(([name, one]) =>
      one === null ? [] : [[name, one]],
    ),
  ),
})

const mergedTenants = (
  tenants: ScenarioFacts['tenants'],
  others: NonNullable<ScenarioChange['tenants']>,
): ScenarioFacts['tenants'] => {
  const changed = Object.entries(others).map(([name, other]) => [name, { kind: 'account', ...tenants[name], ...other }])
  // Parsed again, because a change may name a tenant that the file does not have.
  return z.record(z.string(), tenant).parse({ ...tenants, ...Object.fromEntries(changed) })
}
