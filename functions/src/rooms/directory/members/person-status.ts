// A person suspended or restored at the platform: everywhere at once, whichever tenants they belong to.
import type { Facts } from '@latchkey/core/access/facts'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { platformTenant, type UserId } from '@latchkey/core/kernel/ids'
import { userRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import { type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import { grantsPath } from './member-state.ts'
import { withOwner, withoutOwner } from './owner-status.ts'

export interface Turn {
  readonly name: 'suspend' | 'restore'
  readonly to: 'active' | 'suspended'
  readonly event: string
  readonly summary: string
}

export interface Turning extends Turn {
  readonly newAccessId: string
}

interface Person {
  readonly uid: UserId
  readonly turning: Turning
  readonly now: Instant
}

/** Suspending ends every sign-in for good: a restored person signs in anew. */
export const personStatusWrites = async (
  read: Reader,
  facts: Facts,
  { uid, turning, now }: Person,
): Promise<Result<readonly Write[], IamError>> => {
  const principal = userRef(uid)
  const paths = [`users/${uid}`, `tenants/${platformTenant}`, grantsPath(platformTenant, principal)]
  const [user, node, grants] = await read.getAll(paths)
  if (user === undefined || node === undefined) return err(iamError('not_found', { field: 'principal' }))
  const { to, newAccessId } = turning
  // Whoever Firebase Auth has stopped may be stopped by hand as well: then only a hand lets them in again.
  const isByAuth = to === 'suspended' && user['stoppedByAuth'] === true
  if ((user['status'] ?? 'active') === to && !isByAuth)
    return err(iamError('conflict', { detail: `${uid} is ${to} already.` }))
  const state = { tenant: platformTenant, principal, node, member: {}, grants }
  const owners = to === 'suspended' ? await withoutOwner(read, state, facts, now) : withOwner(state, facts, now)
  if (!owners.ok) return owners
  const ended = to === 'suspended' ? { notBefore: timestampOf(now) } : {}
  return ok([
    {
      kind: 'update',
      path: `users/${uid}`,
      fields: { status: to, accessId: newAccessId, stoppedByAuth: undefined, ...ended },
    },
    ...owners.value,
  ])
}
