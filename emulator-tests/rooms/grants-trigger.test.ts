// `onAssignmentWritten`: whatever is lost, doubled, reordered or damaged, the grants end as the fold of the assignments.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { grantsTrigger } from '../../functions/src/groups/roles.ts'
import { damage, entriesOf, erase, map, storedDocuments, text } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

/** All orders of a few things. */
const permutations = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]))

describe('the grants trigger', () => {
  let world: World
  let agency: string
  let nora: Actor
  let assignments: readonly string[]
  const path = () => `tenants/${agency}/grants/user:mia`
  const grants = async () => (await storedDocuments(world.projectId)).get(path())
  const outbox = async () =>
    [...(await storedDocuments(world.projectId))].filter(
      ([at, fields]) => at.startsWith('outbox/') && fields['type']?.['stringValue'] === 'access.grants_repaired',
    ).length
  /** As the event comes: with the document before it, which is only a hint whom to look at. */
  const deliver = (assignment: string, before: object = { principal: 'user:mia' }) =>
    grantsTrigger(world.app).run(
      { runId: 'run_test', now: world.app.clock() },
      { tenant: agency, assignment },
      { ...before },
    )
  const may = async (permission: string): Promise<string> => {
    const { items } = await nora.must('tenants/list', { parent: agency })
    return (await nora.must('access/check', { tenant: items[0].tenant, permission, principal: { user: 'mia' } })).code
  }
  beforeAll(async () => {
    world = await makeWorld()
    agency = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    const { tenant } = await nora.must('tenants/create', { parent: agency, name: 'Shop' })
    await world.join(nora, 'mia', { tenant: agency, role: 'account.user', reach: 'subtree' })
    const assign = { tenant: agency, principal: { user: 'mia' } }
    const expiresAt = new Date(world.app.clock() + 86_400_000).toISOString()
    await nora.must('roles/assign', {
      ...assign,
      role: 'account.billing',
      reach: 'listed',
      accounts: [tenant],
      expiresAt,
    })
    await nora.must('roles/assign', {
      ...assign,
      role: 'account.viewer',
      reach: 'subtree',
      condition: 'resource.ownerId == subject.id',
    })
    const { items } = await nora.must('roles/listAssignments', assign)
    assignments = items.map((item: Answer) => item.assignment)
  })
  afterAll(() => world.close())

  it('F-17 writes nothing when nothing is wrong, however often and in whatever order it is delivered', async () => {
    const before = await grants()
    for (const order of permutations(assignments))
      for (const assignment of [...order, ...order]) await deliver(assignment)
    await Promise.all([...assignments, ...assignments].map((assignment) => deliver(assignment)))
    expect(await grants()).toEqual(before)
    expect(await outbox()).toBe(0)
  })

  it('F-17 ends every order of delivery after any damage in the same document, with one event a repair', async () => {
    const right = await grants()
    const entries = entriesOf(right, 'entries')
    const [first = ''] = assignments
    const { [first]: _lost, ...withoutFirst } = entries
    const damages = [
      map(withoutFirst),
      map({}),
      map({ ...entries, [`asg_${'9'.repeat(22)}`]: map({ role: text('account.owner'), reach: text('subtree') }) }),
      map({ ...entries, [first]: map({ role: text('account.owner'), reach: text('subtree') }) }),
      text('garbage'),
    ] as const
    let repairs = 0
    for (const damaged of damages) {
      for (const order of permutations(assignments).slice(0, 3)) {
        await damage(world.projectId, path(), { entries: damaged })
        for (const assignment of [...order, ...order]) await deliver(assignment)
        repairs++
        expect(await grants()).toEqual(right)
        expect(await outbox()).toBe(repairs)
      }
    }
  })

  it('makes a lost document again, and drops an assignment that is gone from it', async () => {
    const right = await grants()
    await erase(world.projectId, path())
    expect(await may('contacts.write')).toBe('tenant_not_visible')
    await deliver(assignments[0] ?? '')
    expect(await may('contacts.write')).toBe('allowed')
    expect((await grants())?.['entries']).toEqual(right?.['entries'])
    const gone = (await nora.must('roles/listAssignments', { tenant: agency, principal: { user: 'mia' } })).items.find(
      (item: Answer) => item.role === 'account.user',
    ).assignment
    await erase(world.projectId, `tenants/${agency}/assignments/${gone}`) // past every door: the fold still names it
    expect(await may('contacts.write')).toBe('allowed')
    await deliver(gone)
    expect(await may('contacts.write')).toBe('no_assignment')
    expect(Object.keys(entriesOf(await grants(), 'entries'))).toHaveLength(2)
  })

  it('T-27 C-115 believes no hint: a false one about who held it, or none at all, changes nothing', async () => {
    const before = [...(await storedDocuments(world.projectId))]
    for (const principal of ['user:nora', 'user:nobody', 'user:mia', 'team:x', '../x', '', 7, null])
      await deliver(assignments[0] ?? '', { principal, role: 'agency.owner' })
    await deliver(assignments[0] ?? '', {})
    expect([...(await storedDocuments(world.projectId))]).toEqual(before)
  })

  it('gives nothing back to a removed member, and ignores an event that names no assignment', async () => {
    await nora.must('members/remove', { tenant: agency, user: 'mia' })
    const before = await grants()
    for (const assignment of [...assignments, '..', '', 'asg_x/../../x', `asg_${'1'.repeat(22)}`])
      await deliver(assignment)
    expect(await grants()).toEqual(before)
    expect(before?.['status']).toEqual({ stringValue: 'removed' })
  })
})
