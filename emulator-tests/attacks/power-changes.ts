// Each change of what is allowed, once, in an order in which it can succeed: roles, guardrails, catalogues, resources, a move.
import catalogue from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import type { Actor, Answer } from '../support/world.ts'

interface Ground {
  readonly owner: Actor
  readonly agency: string
  readonly account: string
  /** May move accounts between agencies, and publish. */
  readonly mover: Actor
  readonly to: string
}

type Step = readonly [operation: string, run: () => Promise<object>]

export const powerChanges = (ground: Ground): readonly Step[] => [
  ...roleChanges(ground),
  ...resourceChanges(ground),
  ...platformChanges(ground),
]

const roleChanges = ({ owner, agency: tenant }: Ground): readonly Step[] => {
  let role = ''
  return [
    [
      'roles/create',
      async () => {
        const made: Answer = await owner.must('roles/create', { tenant, name: 'Field', permissions: ['contacts.read'] })
        role = made.role
        return made
      },
    ],
    ['roles/update', async () => owner.must('roles/update', { tenant, role, permissions: ['contacts.write'] })],
    ['roles/delete', async () => owner.must('roles/delete', { tenant, role })],
    [
      'roles/setGuardrail',
      async () =>
        owner.must('roles/setGuardrail', { tenant, deniedPermissions: ['contacts.export'], reason: 'for a while' }),
    ],
  ]
}

const resourceChanges = ({ owner, agency, account }: Ground): readonly Step[] => {
  const bill = { tenant: account, type: 'bill', id: 'b-1' }
  const actions = [{ name: 'read' }]
  return [
    [
      'resources/registerType',
      async () => owner.must('resources/registerType', { tenant: agency, type: 'bill', title: 'Bills', actions }),
    ],
    ['resources/put', async () => owner.must('resources/put', bill)],
    ['resources/delete', async () => owner.must('resources/delete', bill)],
  ]
}

const platformChanges = ({ owner, mover, agency, account, to }: Ground): readonly Step[] => {
  const document = { ...catalogue, version: '2027-02-01' }
  const reason = 'a new quarter'
  return [
    ['roles/publishCatalogue', async () => mover.must('roles/publishCatalogue', { document, reason })],
    [
      'roles/adoptCatalogue',
      async () => owner.must('roles/adoptCatalogue', { tenant: agency, version: document.version }),
    ],
    ['tenants/move', async () => mover.must('tenants/move', { tenant: account, to, reason })],
  ]
}
