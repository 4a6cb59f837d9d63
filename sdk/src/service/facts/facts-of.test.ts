// Facts put together from what is kept: with whom they were made, and what makes them anew.
import catalogue from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import type { TenantId, UserId } from '@latchkey/core/kernel/ids'
import { userRef } from '@latchkey/core/kernel/principal'
import { instantOf } from '@latchkey/core/kernel/time'
import { describe, expect, it } from 'vitest'
import { factStore } from './fact-store.ts'
import { type FactSource, factsOf } from './facts-of.ts'

const agency = `agy_${'1'.repeat(22)}` as TenantId // in the form of one
const ada = userRef('ada' as UserId) // likewise
const asOf = (second: number): string => `2031-01-01T00:00:${String(second).padStart(2, '0')}.000000Z`

const stage = () => {
  let now = 0
  let second = 0
  const calls: string[] = []
  const documents = new Map<string, object | null>([
    ['/v1/catalogue/head', { version: '2026-11-01' }],
    ['/v1/catalogue/2026-11-01', { text: JSON.stringify(catalogue) }],
    [
      `/v1/policy/${agency}`,
      {
        ...{ kind: 'agency', parentId: 'platform', placementId: 'p', status: 'active', roles: {} },
        ...{ catalogueVersion: '2026-11-01', guardrail: { deniedPermissions: [] } },
      },
    ],
  ])
  const clocks = { wall: () => now, steady: () => now }
  const get = async (path: string) => {
    calls.push(path)
    return { asOf: asOf(++second), document: documents.get(path.split('?')[0] ?? '') ?? null }
  }
  const store = factStore(clocks, { covers: () => true })
  const source: FactSource = { clocks, store, exchange: { get, post: get } }
  const ask = async (atLeast?: string) => {
    const session = { signedInAt: instantOf(0), staff: false }
    const { facts, startedAt, generation } = await factsOf(
      source,
      agency,
      () => ({ principal: ada, session, key: undefined }),
      atLeast,
    )
    if (!facts.ok) throw new Error(facts.error.code)
    return { facts: facts.value, startedAt, generation }
  }
  const pass = (milliseconds: number): void => {
    now += milliseconds
  }
  return { ask, calls, documents, store, pass, now: () => second }
}

const grants = {
  status: 'active',
  teams: [],
  entries: { [`asg_${'1'.repeat(22)}`]: { role: 'agency.auditor', reach: 'subtree' } },
}

describe('facts that are put together here', () => {
  it('are loaded once and then kept', async () => {
    const { ask, calls, documents, pass, store } = stage()
    documents.set(`/v1/grants/${ada}`, grants)
    documents.set('/v1/people/ada', { status: 'active' })
    const { facts, startedAt, generation } = await ask()
    expect(facts.subject).toMatchObject({
      active: true,
      grants: [{ at: agency, entries: [{ role: 'agency.auditor' }] }],
    })
    const before = calls.length
    pass(300_000)
    await ask()
    expect(calls).toHaveLength(before)
    expect(store.stands(startedAt, generation)).toBe(true)
  })

  it('of a person who was not shown are never believed for long: they may have been stopped before they are', async () => {
    const { ask, documents, store, pass } = stage()
    const { startedAt, generation, facts } = await ask()
    expect(facts.subject.grants.flatMap(({ entries }) => entries)).toEqual([])
    expect(store.stands(startedAt, generation)).toBe(false)
    documents.set(`/v1/grants/${ada}`, grants)
    documents.set('/v1/people/ada', { status: 'suspended' })
    store.forget(`grant:${agency}/${ada}`)
    pass(2_000)
    expect((await ask()).facts.subject).toMatchObject({ active: false })
  })

  it('F-38 know whom one entry for the whole platform has ended, and whom not', async () => {
    const { ask, documents, store, pass } = stage()
    documents.set(`/v1/grants/${ada}`, grants)
    documents.set('/v1/people/ada', { status: 'active' })
    const activeWith = async (ends: object) => {
      documents.set('/v1/catalogue/head', { version: '2026-11-01', ...ends })
      store.forget('catalogue')
      pass(1)
      return (await ask()).facts.subject.active
    }
    expect(await activeWith({})).toBe(true)
    expect(await activeWith({ sessionsNotBefore: { $at: 0 } })).toBe(false)
    expect(await activeWith({ sessionsNotBefore: { $at: -1 } })).toBe(true)
    expect(await activeWith({ sessionsNotBefore: 'soon' })).toBe(false)
    expect(await activeWith({ keysNotBefore: { $at: 0 } })).toBe(true)
  })

  it('F-15 are read again when a later revision is asked for, and once', async () => {
    const { ask, calls, documents, now, pass, store } = stage()
    documents.set(`/v1/grants/${ada}`, grants)
    documents.set('/v1/people/ada', { status: 'active' })
    await ask()
    documents.set(`/v1/grants/${ada}`, { ...grants, status: 'removed' })
    expect((await ask(asOf(1))).facts.subject.grants[0]?.status).toBe('active')
    pass(1)
    const before = calls.length
    const later = asOf(now() + 1)
    expect((await ask(later)).facts.subject.grants[0]?.status).toBe('removed')
    const read = calls.length - before
    expect(read).toBeGreaterThan(2)
    pass(1)
    await ask(later)
    expect(calls.length - before).toBeLessThanOrEqual(read + 1)
    // What others have put together stands: nothing was announced.
    expect(store.generation()).toBe(0)
  })
})
