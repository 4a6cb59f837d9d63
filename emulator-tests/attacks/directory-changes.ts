// The writing operations on people, invitations and teams, once each, in an order in which each can succeed.
import { type Actor, type Answer, mailOf } from '../support/world.ts'

export type Change = readonly [operation: string, run: () => Promise<Answer>]

export interface Ground {
  readonly owner: Actor
  readonly ownerUid: string
  readonly account: string
  /** Somebody of the account. */
  readonly member: string
}

/** What a change needs is made at once; what it changes, when it runs. */
export const directoryChanges = async ({ owner, ownerUid, account, member }: Ground): Promise<readonly Change[]> => {
  const at = { tenant: account }
  const reason = 'for the trace'
  const principal = { user: member }
  const invite = (uid: string) =>
    owner.must('members/invite', { ...at, email: mailOf(uid), role: 'account.viewer', reach: 'node' })
  const [open, wrong] = [await invite('xopen'), await invite('xwrong')]
  const { service } = await owner.must('members/createService', { ...at, name: 'Brief' })
  let team = ''
  const change = (operation: string, body: () => object): Change => [
    operation,
    () => owner.must(operation, { ...at, ...body() }),
  ]
  return [
    change('members/update', () => ({ principal, displayName: 'Lee', attributes: { department: 'sales' } })),
    change('members/suspend', () => ({ principal, reason })),
    change('members/restore', () => ({ principal, reason })),
    change('members/revokeInvitation', () => ({ invitation: wrong.invitation })),
    change('members/resendInvitation', () => ({ invitation: open.invitation })),
    change('members/transfer', () => ({ user: ownerUid, keys: 'revoke', reason })), // the open invitation
    change('members/deleteService', () => ({ service })),
    [
      'teams/create',
      async () => {
        const created = await owner.must('teams/create', { ...at, name: 'Sales' })
        team = created.team
        return created
      },
    ],
    change('teams/update', () => ({ team, name: 'Support' })),
    change('teams/addMember', () => ({ team, principal })),
    change('teams/removeMember', () => ({ team, principal })),
    change('teams/delete', () => ({ team })),
  ]
}
