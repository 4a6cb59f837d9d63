// What one entry for the whole platform has ended makes nothing any more, from the very moment on: an instance that has not heard of it is asked to look.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { damage, moment } from '../support/stored-documents.ts'
import { type Actor, makeWorld, type World } from '../support/world.ts'

let world: World
let owner: Actor
let tenant: string

beforeAll(async () => {
  world = await makeWorld()
  tenant = await world.agency('Northwind', 'nora')
  owner = await world.person('nora')
  await world.join(owner, 'ada', { tenant, role: 'agency.support', reach: 'subtree' })
}, 60_000)
afterAll(() => world.close())

const assign = () =>
  owner.call('roles/assign', { tenant, principal: { user: 'ada' }, role: 'agency.auditor', reach: 'node' })
const found = (name: string) =>
  world.provisioner.call('tenants/create', { parent: 'platform', name, ownerEmail: 'founder@people.example' })
const ended = (field: string, at: number) => damage(world.projectId, 'catalogue/head', { [field]: moment(at) })
const later = () => world.app.clock() + 60_000

it('F-38 a sign-in that ended gives nobody a role, though this instance still knows another head', async () => {
  expect(await owner.call('tenants/get', { tenant })).toMatchObject({ ok: true })
  await ended('sessionsNotBefore', later())
  expect(await assign()).toMatchObject({ ok: false, error: { code: 'invalid_token' } })
  await ended('sessionsNotBefore', 0)
  expect(await assign()).toMatchObject({ ok: true })
})

it('F-38 a key that ended founds nothing, though this instance still knows another head', async () => {
  expect(await found('Before')).toMatchObject({ ok: true })
  await ended('keysNotBefore', later())
  expect(await found('Too late')).toMatchObject({ ok: false, error: { code: 'invalid_token' } })
  await ended('keysNotBefore', 0)
  expect(await found('Again')).toMatchObject({ ok: true })
})
