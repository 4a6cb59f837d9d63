/** Reads and checks the rotation schedule of a key. */
import { invalidArgument } from '../../wire/status.ts'
import { fromTimestamp, secondsBetween, type WireTime } from '../../wire/wire-time.ts'
import type { CryptoKey, Purpose } from '../state.ts'

export type RotationFields = { readonly rotationPeriod?: WireTime | null; readonly nextRotationTime: WireTime | null }

export type RotationSchedule = Pick<CryptoKey, 'rotationSeconds' | 'nextRotationAtMs'>

const PERIOD = { field: 'rotation_period', min: 86_400, max: 876_000 * 3600 }

/** Only symmetric keys rotate by themselves; a signing key's public half is known elsewhere. */
export function requireRotatable(schedule: RotationSchedule, purpose: Purpose): RotationSchedule {
  const { rotationSeconds, nextRotationAtMs } = schedule
  if (purpose !== 'ENCRYPT_DECRYPT' && (rotationSeconds !== null || nextRotationAtMs !== null)) {
    throw invalidArgument(`A key whose purpose is ${purpose} cannot have a rotation schedule.`)
  }
  if (rotationSeconds !== null && nextRotationAtMs === null) {
    throw invalidArgument("The field 'next_rotation_time' is required when 'rotation_period' is set.")
  }
  return schedule
}

export const readPeriod = (period: WireTime | null | undefined): number | null =>
  period ? secondsBetween(period, PERIOD) : null

export const readNextRotation = (time: WireTime | null): number | null => (time === null ? null : fromTimestamp(time))

export function readRotation({ rotationPeriod, nextRotationTime }: RotationFields, purpose: Purpose): RotationSchedule {
  const schedule = {
    rotationSeconds: readPeriod(rotationPeriod),
    nextRotationAtMs: readNextRotation(nextRotationTime),
  }
  return requireRotatable(schedule, purpose)
}
