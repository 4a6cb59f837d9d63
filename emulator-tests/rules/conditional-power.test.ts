// Power under a condition is never live: the condition may turn false while a viewer still stands.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeWorld, type World } from '../support/world.ts'

describe('a viewer', () => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld()
  }, 60_000)
  afterAll(() => world.close())

  it('shows nothing that rests on a condition, though the callable answers while the condition holds', async () => {
    const agency = await world.agency('Mine', 'olivia')
    const owner = await world.person('olivia')
    const { tenant } = await owner.must('tenants/create', { parent: agency, name: 'Shop' })
    const condition = 'request.time < timestamp("2100-01-01T00:00:00Z")'
    await world.join(owner, 'vera', { tenant, role: 'account.admin', reach: 'subtree', condition })
    await world.join(owner, 'lena', { tenant, role: 'account.admin', reach: 'subtree' })
    const vera = await world.person('vera')
    expect((await vera.must('members/list', { tenant })).items.length).toBeGreaterThan(0)
    expect((await vera.must('tenants/enter', { tenant })).see).toEqual([])
    expect((await (await world.person('lena')).must('tenants/enter', { tenant })).see).toContain('members')
  }, 60_000)
})
