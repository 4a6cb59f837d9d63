// Each change of a key, once, in an order in which it can succeed: changed, rotated and taken back, rotated and finished, paused, ended in bulk.
import type { Actor, Answer } from '../support/world.ts'

interface Ground {
  readonly owner: Actor
  readonly memberBelow: string
  readonly tenant: string
  /** Where a bulk revocation ends nothing that is used elsewhere. */
  readonly below: string
  /** A key of the tenant. */
  readonly key: string
}

type Step = readonly [operation: string, run: () => Promise<object>]

export const keyChanges = ({ owner, memberBelow, tenant, below, key }: Ground): readonly Step[] => {
  const at = { tenant, key }
  const run =
    (operation: string, more: object = {}) =>
    async (): Promise<Answer> =>
      owner.must(operation, { ...at, ...more })
  const rotate: Step = ['apiKeys/rotate', run('apiKeys/rotate', { overlapSeconds: 60 })]
  return [
    [
      'apiKeys/update',
      run('apiKeys/update', { name: 'Renamed', scopes: ['contacts.readonly'], allowedAddresses: ['10.0.0.0/8'] }),
    ],
    rotate,
    ['apiKeys/cancelRotation', run('apiKeys/cancelRotation')],
    rotate,
    ['apiKeys/finishRotation', run('apiKeys/finishRotation')],
    ['apiKeys/disable', run('apiKeys/disable')],
    ['apiKeys/enable', run('apiKeys/enable')],
    ['apiKeys/revoke', run('apiKeys/revoke')],
    [
      'apiKeys/revokeAll',
      async () =>
        owner.must('apiKeys/revokeAll', { tenant: below, owner: { user: memberBelow }, reason: 'for the test' }),
    ],
  ]
}
