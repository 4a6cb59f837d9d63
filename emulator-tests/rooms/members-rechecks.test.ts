// Power over people that goes between admission and transaction changes nobody: it is decided again on what is read inside.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Moments, steppedStore } from '../faults/stores.ts'
import { damage, dump, moment } from '../support/stored-documents.ts'
import { type Actor, type Answer, mailOf, makeWorld, type World } from '../support/world.ts'

const reason = 'for the test'

describe('a change of people or teams', () => {
  let world: World
  let agency: string
  let nora: Actor
  let dora: Actor
  let uid = ''
  let round = 0
  const moments: Moments = { beforeCommit: undefined, afterCommit: undefined }
  const at = () => ({ tenant: agency })
  const named = (prefix: string): string => `${prefix}${round}`
  const made: Record<'invitation' | 'service' | 'team' | 'filled', string> = {
    invitation: '',
    service: '',
    team: '',
    filled: '',
  }
  const principal = () => ({ user: named('pat') })
  const changes: readonly (readonly [string, () => object])[] = [
    ['members/update', () => ({ ...at(), principal: principal(), attributes: { department: 'sales' } })],
    ['members/suspend', () => ({ ...at(), principal: principal(), reason })],
    ['members/restore', () => ({ ...at(), principal: { user: named('sus') }, reason })],
    ['members/remove', () => ({ ...at(), user: named('pat') })],
    ['members/revokeInvitation', () => ({ ...at(), invitation: made.invitation })],
    ['members/resendInvitation', () => ({ ...at(), invitation: made.invitation })],
    ['members/transfer', () => ({ ...at(), user: 'nora', keys: 'revoke', reason })],
    ['members/deleteService', () => ({ ...at(), service: made.service })],
    ['teams/addMember', () => ({ ...at(), team: made.team, principal: principal() })],
    ['teams/removeMember', () => ({ ...at(), team: made.filled, principal: principal() })],
    ['teams/delete', () => ({ ...at(), team: made.team })],
  ]
  const demote = async () => {
    const { items } = await nora.must('roles/listAssignments', { ...at(), principal: { user: uid } })
    await nora.must('roles/assign', { ...at(), principal: { user: uid }, role: 'agency.auditor', reach: 'node' })
    await nora.must('roles/unassign', { ...at(), assignment: items[0].assignment })
  }
  beforeAll(async () => {
    world = await makeWorld({ storeOf: steppedStore(moments) })
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
  })
  beforeEach(async () => {
    round += 1
    uid = named('dora')
    await world.join(nora, uid, { ...at(), role: 'agency.admin', reach: 'subtree' })
    await world.join(nora, named('pat'), { ...at(), role: 'agency.support', reach: 'node' })
    await world.join(nora, named('sus'), { ...at(), role: 'agency.support', reach: 'node' })
    await nora.must('members/suspend', { ...at(), principal: { user: named('sus') }, reason })
    const offer = { ...at(), email: mailOf(named('guest')), role: 'agency.support', reach: 'node' }
    made.invitation = (await nora.must('members/invite', offer)).invitation
    made.service = (await nora.must('members/createService', { ...at(), name: named('Robot') })).service
    made.team = (await nora.must('teams/create', { ...at(), name: named('Empty') })).team
    made.filled = (await nora.must('teams/create', { ...at(), name: named('Filled') })).team
    await nora.must('teams/addMember', { ...at(), team: made.filled, principal: principal() })
    dora = await world.person(uid)
  })
  afterAll(() => world.close())

  /** What people, teams, offers and credentials there are, as text. */
  const people = async (): Promise<string> => {
    const documents = JSON.parse(await dump(world.projectId)) as [string, unknown][] // as dumped
    return JSON.stringify(
      documents.filter(([path]) =>
        /\/(members|grants|teams|invitations|assignments)\/|^(credentials|users)\//.test(path),
      ),
    )
  }
  const during = async (operation: string, body: object, meanwhile: () => Promise<unknown>) => {
    let between = ''
    moments.beforeCommit = async () => {
      await meanwhile()
      between = await people()
    }
    const answer: Answer = await dora.call(operation, body)
    expect(between, 'the call was admitted').not.toBe('')
    return { answer, untouched: (await people()) === between }
  }

  it.each(changes)('%s by somebody who still may is carried out', async (operation, body) => {
    const { answer, untouched } = await during(operation, body(), async () => undefined)
    expect(answer).toMatchObject({ ok: true })
    expect(untouched).toBe(false)
  })

  it.each(changes)('C-103 %s by somebody demoted meanwhile is refused and writes nothing', async (operation, body) => {
    const { answer, untouched } = await during(operation, body(), demote)
    expect(['permission_denied', 'grant_exceeds_grantor']).toContain(answer.error?.code)
    expect(untouched).toBe(true)
  })

  it.each(changes)('I-33 %s by somebody suspended meanwhile is refused and writes nothing', async (operation, body) => {
    const suspend = () => nora.must('members/suspend', { ...at(), principal: { user: uid }, reason })
    const { answer, untouched } = await during(operation, body(), suspend)
    expect(answer).toMatchObject({ ok: false, error: { code: 'not_found' } })
    expect(untouched).toBe(true)
  })

  it.each(changes)(
    '%s by a sign-in that was ended meanwhile is refused and writes nothing',
    async (operation, body) => {
      const end = () => damage(world.projectId, `users/${uid}`, { notBefore: moment(Date.now() + 1_000) })
      const { answer, untouched } = await during(operation, body(), end)
      expect(answer).toMatchObject({ ok: false, error: { code: 'invalid_token' } })
      expect(untouched).toBe(true)
    },
  )
})
