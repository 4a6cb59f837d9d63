// The refusal matrix: every operation at every door, refused in every way, as it really answers; `docs/reference/refusals.md` is its print.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type ErrorCode, errorTable } from '@latchkey/core/kernel/errors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doorsOf, everyOperation, idOf } from '../../dev/generate/definitions.ts'
import type { AnyOperation } from '../../functions/src/guard/definition.ts'
import type { GuardDependencies } from '../../functions/src/guard/dependencies.ts'
import { pass } from '../../functions/src/guard/pipeline.ts'
import { type Actor, makeWorld, type World } from '../support/world.ts'
import { nowhere, samples } from './samples.ts'

const file = 'docs/reference/refusals.md'
const update = process.env['UPDATE_REFERENCE'] !== undefined
type Door = 'callable' | 'http'

/** The columns. What may stand in each is judged below; nothing may say yes but where a reason is written. */
const columns = [
  'anonymous',
  'other tenant',
  'suspended tenant',
  'no permission',
  'malformed',
  'unknown field',
  'over limit',
] as const
type Column = (typeof columns)[number]

const allowed: Readonly<Record<Column, readonly string[]>> = {
  anonymous: ['invalid_token'],
  'other tenant': ['not_found'],
  'suspended tenant': ['tenant_suspended'],
  'no permission': ['permission_denied', 'insufficient_scope'],
  malformed: ['invalid_request'],
  'unknown field': ['invalid_request'],
  'over limit': ['rate_limited'],
}

/** Cells that are no refusal, or another one, and why. */
const exceptions: Readonly<Record<string, string>> = {
  'tenants/get suspended tenant': 'a suspended tenant can still be looked at from above',
  'tenants/get no permission': 'whoever holds a role at a tenant may look at it',
  'tenants/resume suspended tenant': 'that is what resuming is for, from above',
  'tenants/delete suspended tenant': 'a suspended tenant can be deleted from above; the name typed was another',
  'audit/search suspended tenant': 'what happened can be read where nothing more can be done',
  'audit/get suspended tenant': 'the same; of an event that is not there',
  'access/check suspended tenant':
    'answers 200 and says no: the question is about a right, and the caller sees the tenant',
  'access/check no permission': 'answers 200 and says no: about oneself it needs no permission',
  'access/explain suspended tenant': 'answers about oneself, also where one is stopped: that is when it is asked',
  'access/explain no permission': 'about oneself it needs no permission',
  'access/whatCan suspended tenant': 'answers about oneself, also where one is stopped: that is when it is asked',
  'access/whatCan no permission': 'about oneself it needs no permission',
  'access/simulateToken suspended tenant': 'answers about oneself, also where one is stopped: that is when it is asked',
  'access/simulateToken no permission': 'about oneself it needs no permission',
  'access/recentDenials suspended tenant': 'answers about oneself, also where one is stopped: that is when it is asked',
  'access/recentDenials no permission': 'about oneself it needs no permission',
  'authzen/evaluation unknown field': 'AuthZEN asks for fields that nobody knows to be dropped',
  'authzen/evaluations unknown field': 'AuthZEN asks for fields that nobody knows to be dropped',
  'authzen/searchSubject unknown field': 'AuthZEN asks for fields that nobody knows to be dropped',
  'authzen/searchResource unknown field': 'AuthZEN asks for fields that nobody knows to be dropped',
  'authzen/searchAction unknown field': 'AuthZEN asks for fields that nobody knows to be dropped',
  'tenants/enter no permission': 'opens with nothing to see: entering shows exactly what is allowed',
  'tenants/enter other tenant': 'a key opens nothing at all; a person is told not_found',
  'tenants/enter suspended tenant': 'a key opens nothing at all; a person is told tenant_suspended',
  'members/acceptInvitation *': 'needs no tenant and no permission, only the invitation',
  'roles/publishCatalogue *': 'names no tenant: it is the platform’s, which nobody else sees',
  'signing/list *': 'the same',
  'signing/rotate *': 'the same',
  'signing/compromise *': 'the same',
  'audit/beginEpoch *': 'the same',
  'jobs/status *': 'the same',
  'jobs/status malformed': 'it has no field that could be',
  'jobs/run *': 'the same',
  'jobs/listParked *': 'the same',
  'jobs/replay *': 'the same',
  'credentials/verify other tenant': 'the tenant is the caller’s own; about another it answers as about garbage',
  'credentials/verify suspended tenant': 'the same',
  'credentials/describe other tenant': 'the tenant is the caller’s own; about another it answers as about garbage',
  'credentials/describe suspended tenant': 'the same',
  'credentials/root other tenant': 'the same',
  'credentials/root suspended tenant': 'the same',
  'credentials/usage other tenant': 'the tenant is the caller’s own; of another nothing is taken, and nothing said',
  'credentials/usage suspended tenant': 'the same',
  'facts/policy suspended tenant': 'a service must know that a tenant is suspended, to refuse what is asked there',
  'facts/grants suspended tenant': 'the same',
  'facts/person suspended tenant': 'the same',
  'facts/catalogue other tenant': 'names no tenant: published catalogues are the same for all',
  'facts/catalogue suspended tenant': 'the same',
  'events/changes other tenant': 'the tenant is the caller’s own; of another it hears nothing',
  'events/changes suspended tenant': 'the same',
  'credentials/exchange no permission': 'it needs none: a key may always be made into something narrower',
  'notifications/list *': 'names no tenant: it is one’s own, and keys have none',
  'notifications/markRead *': 'the same',
  'notifications/getPreferences *': 'the same',
  'notifications/getPreferences malformed': 'it has no field that could be',
  'notifications/setPreferences *': 'the same',
  'leaks/report *': 'is for scanners, who sign what they send: nobody else is heard at all',
  'leaks/report malformed': 'the same',
  'leaks/report unknown field': 'the same',
}

/** What is a person's own names no tenant and is answered; a key is no person and is refused, whatever it asks. */
const isOwn = (which: string): boolean => which.startsWith('| `notifications/')

describe('the refusal matrix', () => {
  let world: World
  let people: Record<'owner' | 'viewer', string>
  let keys: Record<'owner' | 'viewer', string>
  let tenants: Record<'mine' | 'theirs' | 'suspended', string>
  let owner: Actor
  const rows: string[] = []

  beforeAll(async () => {
    world = await makeWorld()
    const agency = await world.agency('Mine', 'olivia')
    const other = await world.agency('Theirs', 'hannah')
    owner = await world.person('olivia')
    const account = async (parent: string, by: string) =>
      (await (await world.person(by)).must('tenants/create', { parent, name: 'Shop' })).tenant
    tenants = {
      mine: await account(agency, 'olivia'),
      theirs: await account(other, 'hannah'),
      suspended: await account(agency, 'olivia'),
    }
    await owner.must('tenants/suspend', { tenant: tenants.suspended, reason: 'for the matrix' })
    // Someone who sees the account and may do nothing there that the matrix asks for.
    await world.join(owner, 'vera', { tenant: tenants.mine, role: 'account.salesRep', reach: 'subtree' })
    people = { owner: await world.idToken('olivia'), viewer: await world.idToken('vera') }
    const scopes = [
      'iam/tenants.readonly',
      'iam/tenants.write',
      'iam/roles.readonly',
      'iam/roles.write',
      'iam/access.readonly',
      'iam/credentials.verify',
    ]
    const made = async (more: object) =>
      (await owner.must('apiKeys/create', { tenant: agency, name: 'Wide', ...more })).secret
    keys = { owner: await made({ scopes }), viewer: await made({ scopes: ['contacts.readonly'] }) }
  }, 60_000)
  afterAll(() => world.close())

  const ask = async (
    definition: AnyOperation,
    door: Door,
    { token, input, guard }: { token?: string; input: unknown; guard?: GuardDependencies },
  ) => {
    const body = new TextEncoder().encode(JSON.stringify(door === 'callable' ? { data: input } : input))
    const authorization = token === undefined ? [] : [`Bearer ${token}`]
    const call = {
      transport: door,
      authorization,
      body,
      contentType: 'application/json',
      idempotencyKey: undefined,
      address: '127.0.0.1',
    }
    const { result } = await pass(call, definition, guard ?? world.app.guard)
    return result.ok ? 'ok' : result.error.code
  }

  const overLimit = (definition: AnyOperation): GuardDependencies => ({
    ...world.app.guard,
    buckets: { take: (key) => (key.startsWith(idOf(definition)) ? 7 : 0) },
  })

  const cell = async (definition: AnyOperation, door: Door, column: Column): Promise<string> => {
    const sample = samples[idOf(definition)]
    if (sample === undefined) throw new Error(`${idOf(definition)} has no sample: add a row to samples.ts`)
    const strong = (door === 'callable' ? people : keys).owner
    const weak = (door === 'callable' ? people : keys).viewer
    const at = (tenant: string) => sample(nowhere(tenant))
    switch (column) {
      case 'anonymous':
        return ask(definition, door, { input: at(tenants.mine) })
      case 'other tenant':
        return ask(definition, door, { token: strong, input: at(tenants.theirs) })
      case 'suspended tenant':
        await owner.call('tenants/suspend', { tenant: tenants.suspended, reason: 'again, for the matrix' })
        return ask(definition, door, { token: strong, input: at(tenants.suspended) })
      case 'no permission':
        return ask(definition, door, { token: weak, input: at(tenants.mine) })
      case 'malformed':
        return ask(definition, door, {
          token: strong,
          input: Object.fromEntries(Object.keys(at('x')).map((name) => [name, 17])),
        })
      case 'unknown field':
        return ask(definition, door, { token: strong, input: { ...at(tenants.mine), surprise: true } })
      case 'over limit':
        return ask(definition, door, { token: strong, input: at(tenants.mine), guard: overLimit(definition) })
    }
  }

  const excused = (definition: AnyOperation, column: Column): boolean =>
    `${idOf(definition)} ${column}` in exceptions ||
    (`${idOf(definition)} *` in exceptions && ['other tenant', 'suspended tenant', 'no permission'].includes(column))

  it('C-100 I-50 refuses every operation at every door in every way, or says in writing why not', async () => {
    const wrong: string[] = []
    // The definitions as listed say what exists; those of this world can run.
    for (const listed of await everyOperation()) {
      const definition = world.operations.get(idOf(listed)) ?? listed
      for (const door of doorsOf(definition)) {
        const codes: string[] = []
        for (const column of columns) {
          const code = await cell(definition, door, column)
          codes.push(code)
          // No key carries a scope for everything: it is refused for that before the tenant's state is told.
          const fits =
            allowed[column].includes(code) ||
            (door === 'http' && column === 'suspended tenant' && code === 'insufficient_scope')
          if (!fits && !excused(definition, column)) wrong.push(`${idOf(definition)} ${door} ${column}: ${code}`)
        }
        rows.push(`| \`${idOf(definition)}\` | ${door} | ${codes.join(' | ')} |`)
      }
    }
    expect(wrong).toEqual([])
  }, 120_000)

  it('I-27 decides alike at both doors of an operation: neither is the forgotten twin', () => {
    const cells = new Map(
      rows.map((row) => row.split(' | ')).map(([operation, door, ...codes]) => [`${operation} ${door}`, codes]),
    )
    const alike: readonly Column[] = ['anonymous', 'other tenant', 'malformed', 'unknown field', 'over limit']
    const unlike = [...cells].flatMap(([which, codes]) => {
      const twin = cells.get(which.replace(/ callable$/, ' http'))
      const compared = alike.filter((column) => !(isOwn(which) && ['other tenant', 'malformed'].includes(column)))
      const differing = compared.filter((column) => twin?.[columns.indexOf(column)] !== codes[columns.indexOf(column)])
      return which.endsWith(' callable') ? differing.map((column) => `${which} ${column}`) : []
    })
    expect(unlike).toEqual([])
  })

  it('is printed in docs/reference/refusals.md', () => {
    const text = page(rows)
    mkdirSync('docs/reference', { recursive: true })
    if (update) writeFileSync(file, text)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })
})

const page = (rows: readonly string[]): string =>
  [
    '# Refusals',
    '',
    'Every operation at every door, called in every wrong way, as it really answered in the test that prints this table',
    '(`UPDATE_REFERENCE=1 npm test -- --only emulator` prints it anew). “ok” is an answer of 200; each is explained below.',
    '',
    `| operation | door | ${columns.join(' | ')} |`,
    `| --- | --- | ${columns.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
    '## What is not a refusal, and why',
    '',
    ...Object.entries(exceptions).map(([which, why]) => `- \`${which}\`: ${why}.`),
    '',
    '## The codes',
    '',
    ...(
      [
        'invalid_token',
        'not_found',
        'tenant_suspended',
        'permission_denied',
        'insufficient_scope',
        'invalid_request',
        'rate_limited',
      ] as const satisfies readonly ErrorCode[]
    ).map(
      (code) => `- [\`${code}\`](../errors/${code}.md) (HTTP ${errorTable[code].http}): ${errorTable[code].sentence}`,
    ),
    '',
  ].join('\n')
