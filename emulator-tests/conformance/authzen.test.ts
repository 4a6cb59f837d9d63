// AuthZEN 1.0 by other people's cases: the 55 of the certification scenario and the Todo interop, over HTTP.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Served, serve } from '../support/framework.ts'
import { bearer, type Reply, send } from '../support/http.ts'
import { type Loaded, loadRecords, loadTodo } from './authzen-fixture.ts'

interface Case {
  readonly id: string
  readonly n: number
  readonly title: string
  readonly path: string
  readonly request?: { readonly page?: { readonly token?: string } }
  readonly raw?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly repeat?: number
  readonly expect: {
    readonly status: number
    readonly body?: Readonly<Record<string, unknown>>
    readonly match?: 'superset' | 'empty'
    readonly n_evaluations?: number
    readonly echo?: Readonly<Record<string, string>>
  }
}

const file = (name: string): unknown => JSON.parse(readFileSync(new URL(`authzen/${name}`, import.meta.url), 'utf8'))
const cases = file('cases.json') as readonly Case[] // kept as the working group wrote them
const todo = file('todo-decisions.json') as {
  readonly evaluation: readonly { readonly request: object; readonly expected: boolean }[]
  readonly evaluations: readonly { readonly request: object; readonly expected: readonly object[] }[]
}

let authz: Served
const tenants: { records?: Loaded; todo?: Loaded } = {}
beforeAll(async () => {
  authz = await serve('authz', { LK_AUTHZ_ORIGIN: 'https://authz.latchkey.example' })
  tenants.records = await loadRecords()
  tenants.todo = await loadTodo()
}, 180_000)
afterAll(async () => {
  await Promise.all([tenants.records?.unload(), tenants.todo?.unload()])
  authz.stop()
}, 60_000)

const post = (
  path: string,
  body: string,
  key: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> => send(authz.origin, path, { body, headers: [...bearer(key), ...Object.entries(headers)] })

describe('the certification scenario of AuthZEN 1.0', () => {
  it('has 55 cases', () => expect(cases).toHaveLength(55))

  let nextToken = ''
  it.each(cases.map((one) => [`${one.id} (${one.n}) ${one.title}`, one] as const))('%s', async (_, one) => {
    const page = one.request?.page?.token === undefined ? {} : { page: { token: nextToken } }
    const body = one.raw ?? JSON.stringify({ ...one.request, ...page })
    for (let run = 0; run < (one.repeat ?? 1); run++) {
      const reply = await post(one.path, body, tenants.records?.key ?? '', one.headers)
      judge(reply, one.expect)
      if (reply.body.page !== undefined) nextToken = reply.body.page.next_token
    }
  })

  it('page by page, a search gives everybody once', async () => {
    const search = { subject: { type: 'user' }, action: { name: 'read' }, resource: { type: 'record', id: 'record-1' } }
    const found: string[] = []
    for (let token = '', first = true; first || token !== ''; first = false) {
      const page = { limit: 1, ...(token === '' ? {} : { token }) }
      const key = tenants.records?.key ?? ''
      const { body } = await post('/access/v1/search/subject', JSON.stringify({ ...search, page }), key)
      found.push(...body.results.map(({ id }: { readonly id: string }) => id))
      token = body.page.next_token
    }
    expect(found).toEqual([...new Set(found)])
    expect(found).toEqual(expect.arrayContaining(['alice', 'bob']))
  })

  it('stops early when it is asked to, and says no more than the decisions so far', async () => {
    const item = (name: string) => ({ action: { name } })
    const about = { subject: { type: 'user', id: 'bob' }, resource: { type: 'record', id: 'record-1' } }
    const ask = async (semantic: string) => {
      const evaluations = [item('read'), item('write'), item('read')]
      const batch = { ...about, options: { evaluations_semantic: semantic }, evaluations }
      const { body } = await post('/access/v1/evaluations', JSON.stringify(batch), tenants.records?.key ?? '')
      return body.evaluations.map(({ decision }: { readonly decision: boolean }) => decision)
    }
    expect(await ask('execute_all')).toEqual([true, false, true])
    expect(await ask('deny_on_first_deny')).toEqual([true, false])
    expect(await ask('permit_on_first_permit')).toEqual([true])
  })

  it('I-06 names its endpoints by its own configuration, whatever host is asked', async () => {
    const document = await send(authz.origin, '/.well-known/authzen-configuration', {
      method: 'GET',
      headers: [['X-Forwarded-Host', 'evil.example']],
    })
    expect(document).toMatchObject({
      status: 200,
      body: {
        policy_decision_point: 'https://authz.latchkey.example',
        access_evaluation_endpoint: 'https://authz.latchkey.example/access/v1/evaluation',
      },
    })
  })

  it('C-101 answers another tenant’s key, and none, with nothing', async () => {
    const [, allowed] = cases.slice(0, 2)
    const body = JSON.stringify(cases[0]?.request)
    expect(allowed).toBeDefined()
    expect((await post('/access/v1/evaluation', body, 'garbage')).status).toBe(401)
    // The other tenant has neither the subject nor the type.
    expect((await post('/access/v1/evaluation', body, tenants.todo?.key ?? '')).body.decision).toBe(false)
    expect((await post('/access/v1/evaluation', body, tenants.records?.key ?? '')).body.decision).toBe(true)
  })
})

const judge = ({ status, headers, body }: Reply, expected: Case['expect']): void => {
  expect(status, JSON.stringify(body)).toBe(expected.status)
  if (expected.status === 200) expect(headers['content-type']).toMatch(/^application\/json/)
  for (const [name, value] of Object.entries(expected.echo ?? {})) expect(headers[name]).toBe(value)
  if (expected.n_evaluations !== undefined) {
    expect(body.evaluations).toHaveLength(expected.n_evaluations)
    for (const one of body.evaluations) expect(typeof one.decision).toBe('boolean')
  }
  const results = expected.body?.['results']
  if (expected.match === 'superset') expect(body.results).toEqual(expect.arrayContaining((results as unknown[]) ?? []))
  else if (expected.match === 'empty') expect(body.results).toEqual([])
  else if (expected.body !== undefined) expect(body).toMatchObject(expected.body)
}

describe('the Todo interop', () => {
  it.each(todo.evaluation.map((one, index) => [index + 1, one] as const))('evaluation %i', async (_, one) => {
    const reply = await post('/access/v1/evaluation', JSON.stringify(one.request), tenants.todo?.key ?? '')
    expect(reply.body.decision, JSON.stringify(one.request)).toBe(one.expected)
  })

  it.each(todo.evaluations.map((one, index) => [index + 1, one] as const))('batch %i', async (_, one) => {
    const reply = await post('/access/v1/evaluations', JSON.stringify(one.request), tenants.todo?.key ?? '')
    expect(reply.body.evaluations).toMatchObject(one.expected)
  })
})
