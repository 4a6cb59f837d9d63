// A log verified in pages: a page that stops amid a seal is whole, and asks the second place whatever the database says of it.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sealing } from '../../functions/src/groups/audit.ts'
import { loose } from '../support/fly.ts'
import { damage } from '../support/stored-documents.ts'
import type { Actor } from '../support/world.ts'
import { anchorsIn, type LoggedWorld, loggedWorld, seal } from './support/log.ts'

let world: LoggedWorld
let tenant: string
let nora: Actor
beforeAll(async () => {
  world = await loggedWorld()
  tenant = await world.agency('Northwind', 'nora')
  nora = await world.person('nora')
  await world.platformOwner()
}, 60_000)
afterAll(() => world.close())

it('C-148 a page that stops amid a seal is whole, although the second place knows of more', async () => {
  // Collects and does not close: what comes later is another segment under the same seal.
  const wrong = sealing({ ...world.app, clockFault: async () => 'The clock is wrong.' })
  await expect(wrong.run(loose(world.app))).rejects.toThrow('the clock of this instance is wrong')
  await nora.must('teams/create', { tenant, name: 'Under the same seal' })
  await seal(world.app)
  expect(anchorsIn(world.folder)).toHaveLength(1)
  const page = await nora.must('audit/verify', { tenant, limit: 1 })
  expect(page).toMatchObject({ segments: 1, anchors: 1, faults: [], next: 1 })
  expect(await nora.must('audit/verify', { tenant, after: 1 })).toMatchObject({ segments: 1, faults: [] })
})

it('C-148 a seal is compared with the second place although the database says that nothing is there', async () => {
  await damage(world.projectId, 'auditSealing/current', { anchored: { integerValue: '0' } })
  expect(await nora.must('audit/verify', { tenant })).toMatchObject({ anchors: 1, faults: [] })
})
