// What an operator changes in a ring by hand: decided on the ring inside the transaction, then the schedule's own work is done at once.
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { platformTenant } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Purpose } from '@latchkey/core/signing/purpose'
import { activeIn } from '@latchkey/core/signing/ring'
import type { Admitted } from '../../../guard/admitted.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { SigningDependencies } from '../dependencies.ts'
import { clockFault, rightTime } from '../ring/clock-fault.ts'
import { readRing, ringWrite, type StoredKey } from '../ring/ring-document.ts'
import { rotateRing } from '../ring/rotate-ring.ts'

export interface RingChange {
  readonly purpose: Purpose
  /** The audit event's type, and the key that it is about when that is known before. */
  readonly event: string
  readonly kid: string | undefined
  /** A switch that stops a thief is thrown whatever our clock says; what can wait, waits for an instance whose clock is right. */
  readonly isUrgent: boolean
  readonly change: (keys: readonly StoredKey[], now: Instant, read: Reader) => Changed | Promise<Changed>
}

type Changed = Result<readonly StoredKey[], IamError>

type Asked = Admitted<{ readonly reason: string; readonly dryRun?: boolean | undefined }>

export const changeRing = async (admitted: Asked, change: RingChange, dependencies: SigningDependencies) => {
  const { input, now, read, commit } = admitted
  if (input.dryRun === true) {
    if (commit.claim !== undefined) return err(dryRunWithKey)
    const planned = await plan(read, change, now, dependencies)
    return planned.ok ? ok({ ...planned.value.outcome, saved: false }) : planned
  }
  const done = await dependencies.commit(commit, {
    tenant: platformTenant,
    plan: async (reader) => {
      const planned = await plan(reader, change, now, dependencies)
      if (!planned.ok) return planned
      const { keys, outcome } = planned.value
      const kid = change.kid ?? outcome.active ?? change.purpose
      return ok({
        writes: [ringWrite(change.purpose, keys)],
        event: { type: change.event, targets: [`signingKey:${kid}`], reason: input.reason, details: outcome },
        outcome: { ...outcome, saved: true },
      })
    },
    answer: (outcome) => outcome,
  })
  // The change stands; a new standby that is not made just now is made by the schedule.
  if (done.ok) await followUp(admitted, change, dependencies)
  return done
}

const plan = async (
  read: Reader,
  { purpose, isUrgent, change }: RingChange,
  now: Instant,
  dependencies: SigningDependencies,
) => {
  const ring = await readRing(read, purpose)
  const fault = isUrgent ? undefined : clockFault(ring, now, dependencies)
  if (fault !== undefined) throw fault
  const after = await change(ring.keys, isUrgent ? rightTime(ring, now, dependencies) : now, read)
  if (!after.ok) return after
  const before = activeIn(ring.keys)?.kid
  const active = activeIn(after.value)?.kid
  const outcome = { purpose, ...(active === undefined ? {} : { active }), ...(before === undefined ? {} : { before }) }
  return ok({ keys: after.value, outcome })
}

const followUp = async (
  { now, requestId }: Asked,
  { purpose }: RingChange,
  dependencies: SigningDependencies,
): Promise<void> => {
  try {
    await rotateRing({ purpose, now, requestId, leaves: purpose === 'seal' ? ofTheSchedule : [] }, dependencies)
  } catch (error) {
    dependencies.log('ERROR', 'no standby could be made', { requestId, purpose, error })
  }
}

/** Versions in KMS are made and destroyed by the schedule, whose account alone may: a standby for seals is there within a quarter of an hour. */
const ofTheSchedule = ['create', 'destroy'] as const

const dryRunWithKey = iamError('invalid_request', {
  field: 'idempotencyKey',
  detail: 'A dry run changes nothing: send it without an idempotency key.',
})
