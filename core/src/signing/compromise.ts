// Declaring a key compromised: it verifies nothing from now on, and its standby signs at once.
import type { Instant } from '../kernel/time.ts'
import { longestPublished } from './plan-rotation.ts'
import { applyStep, type RingKey } from './ring.ts'

/** The ring without the key. With no standby nobody signs until the next plan has made a key. */
export const withoutKey = <Key extends RingKey>(keys: readonly Key[], kid: string, now: Instant): readonly Key[] => {
  const left = keys.map((key) => (key.kid === kid ? denied(key, now) : key))
  if (keys.find((key) => key.kid === kid)?.state !== 'active') return left
  const standby = longestPublished(left)
  return standby === undefined ? left : applyStep(left, { kind: 'activate', kid: standby.kid }, now)
}

/** What was destroyed stays so: nothing of it comes back. */
const denied = <Key extends RingKey>(key: Key, now: Instant): Key => ({
  ...key,
  state: key.state === 'destroyed' ? 'destroyed' : 'retired',
  retiredAt: key.retiredAt ?? now,
  compromisedAt: key.compromisedAt ?? now,
})
