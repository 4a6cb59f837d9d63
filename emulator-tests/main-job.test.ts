// The main job, through the pipeline: a front end creates a key by a callable, a service verifies it, it is revoked and refused.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Actor, makeWorld, type World } from './support/world.ts'

describe('an agency’s API key', () => {
  let world: World
  let owner: Actor
  let agency: string
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'olivia')
    owner = await world.person('olivia')
  })
  afterAll(() => world.close())

  it('is created by a callable, verified over HTTP, revoked, and refused from then on', async () => {
    const created = await owner.must('apiKeys/create', {
      tenant: agency,
      name: 'Shop',
      scopes: ['contacts.readonly', 'iam/credentials.verify'],
    })
    const service = world.withKey(created.secret)
    const verified = await service.must('credentials/verify', {
      credential: created.secret,
      permissions: ['iam.credentials.verify'],
    })
    expect(verified).toMatchObject({ active: true, tenant: agency, permissions: [{ allowed: true, code: 'allowed' }] })
    await owner.must('apiKeys/revoke', { tenant: agency, key: created.key.key })
    const refused = await service.call('credentials/verify', { credential: created.secret })
    expect(refused).toMatchObject({ ok: false, error: { code: 'invalid_token' } })
  })
})
