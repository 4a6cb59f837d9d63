// Reading what is not live is an event of the log: once an hour for who looks around, and each time for who takes the log away (ADR 0023).

import type { IamError } from '@latchkey/core/kernel/errors'
import type { OpId, TenantId } from '@latchkey/core/kernel/ids'
import { prefixes } from '@latchkey/core/kernel/ids'
import { ok, type Result } from '@latchkey/core/kernel/result'
import { type Instant, instantOf, toIso } from '@latchkey/core/kernel/time'
import { LRUCache } from 'lru-cache'
import { idDrawer } from '../random.ts'
import { sha256 } from '../seal.ts'
import type { Commit, CommitContext } from './commit.ts'

/** Of a call that was admitted. */
export interface Reading {
  readonly tenant: TenantId
  readonly commit: CommitContext
  readonly now: Instant
}

/** `type`: of the event. Resolves when it is kept; a read that cannot be noted is not answered. */
export type NoteRead = (reading: Reading, type: string) => Promise<Result<void, IamError>>

const hourMilliseconds = 3_600_000

export const readNoter = (commit: Commit): NoteRead => {
  const noted = new LRUCache<string, true>({ max: 10_000 })
  return async ({ tenant, commit: context, now }, type) => {
    const hour = instantOf(Math.floor(now / hourMilliseconds) * hourMilliseconds)
    const opId = idOfHour(tenant, context, type, hour)
    if (noted.has(opId)) return ok(undefined)
    const done = await commit(
      { ...context, opId, recheck: undefined, claim: undefined },
      readPlan(tenant, type, { hour: toIso(hour) }),
    )
    if (!done.ok) return done
    noted.set(opId, true)
    return ok(undefined)
  }
}

/** Each time: what leaves is not one of many. */
export const noteExport = async (
  commit: Commit,
  { tenant, commit: context }: Pick<Reading, 'tenant' | 'commit'>,
  after: number,
): Promise<Result<void, IamError>> => {
  const done = await commit(context, readPlan(tenant, 'audit.exported', { after }))
  return done.ok ? ok(undefined) : done
}

/** The same for the same reader, way of reading and hour, so that a second read finds the event there and writes nothing. */
const idOfHour = (tenant: TenantId, { actor }: CommitContext, type: string, hour: Instant): OpId => {
  const { principal, credential = '', impersonator = '' } = actor
  const digest = sha256(['audit-read', tenant, principal, credential, impersonator, type, toIso(hour)].join('\n'))
  // Cast: in the form of a drawn id, from a digest instead of chance.
  return idDrawer((count) => new Uint8Array(Buffer.from(digest, 'base64url').subarray(0, count)))(prefixes.op) as OpId
}

const readPlan = (tenant: TenantId, type: string, details: Readonly<Record<string, string | number>>) => ({
  tenant,
  plan: async () => ok({ writes: [], event: { type, targets: [`tenant:${tenant}`], details }, outcome: {} }),
  answer: () => ({}),
})
