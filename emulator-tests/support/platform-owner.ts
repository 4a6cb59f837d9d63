// One who owns the platform itself: nobody can be made so through any door yet, so the founding's own way is taken, past the guard.
import { type AssignmentId, type OpId, platformTenant, prefixes, type UserId } from '@latchkey/core/kernel/ids'
import { systemRef, userRef } from '@latchkey/core/kernel/principal'
import { ok } from '@latchkey/core/kernel/result'
import { timestampOf } from '../../functions/src/platform/store/reader.ts'
import type { Actor, World } from './world.ts'

/** Signed in, staff, and `platform.owner` over everything. */
export const platformOwner = async (world: World, uid: string): Promise<Actor> => {
  const { app } = world
  await world.idToken(uid)
  const principal = userRef(uid as UserId) // enrolled just now
  const assignment = app.drawId(prefixes.assignment) as AssignmentId // just drawn
  const grant = { role: 'platform.owner', reach: 'subtree' }
  const grantedAt = timestampOf(app.clock())
  const made = await app.store.commit(
    {
      opId: app.drawId(prefixes.op) as OpId, // just drawn
      requestId: 'platform owner of a test',
      now: app.clock(),
      actor: { principal: systemRef('test') },
      recheck: undefined,
      claim: undefined,
    },
    {
      tenant: platformTenant,
      plan: async () =>
        ok({
          writes: [
            { kind: 'merge', path: `users/${uid}`, fields: { staff: true, status: 'active', accessId: app.drawId() } },
            {
              kind: 'create',
              path: `tenants/${platformTenant}/assignments/${assignment}`,
              fields: { ...grant, principal, grantedBy: systemRef('test'), grantedAt },
            },
            {
              kind: 'create',
              path: `tenants/${platformTenant}/grants/${principal}`,
              fields: { principal, status: 'active', teams: [], entries: { [assignment]: grant } },
            },
          ],
          frames: [],
          event: { type: 'test.platform_owner_made', targets: [principal] },
          outcome: {},
        }),
      answer: (outcome) => outcome,
    },
  )
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  return world.person(uid)
}
