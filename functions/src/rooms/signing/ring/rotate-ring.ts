// Carries a rotation out: one step, one transaction, until nothing is due. Whoever comes second finds the step done and does nothing.
import type { IamError } from '@latchkey/core/kernel/errors'
import { iamError } from '@latchkey/core/kernel/errors'
import { type OpId, platformTenant, prefixes } from '@latchkey/core/kernel/ids'
import { invariant } from '@latchkey/core/kernel/invariant'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import { nextStep } from '@latchkey/core/signing/plan-rotation'
import type { Purpose } from '@latchkey/core/signing/purpose'
import { applyStep, type Step } from '@latchkey/core/signing/ring'
import type { RotationPolicy } from '@latchkey/core/signing/rotation-policy'
import { bySystem } from '../../../platform/store/by-system.ts'
import type { CommitPlan } from '../../../platform/store/commit.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { SigningDependencies } from '../dependencies.ts'
import { clockFault } from './clock-fault.ts'
import { readRing, ringWrite, type StoredKey } from './ring-document.ts'
import { takeoverFault } from './takeover-fault.ts'

export interface Rotation {
  readonly purpose: Purpose
  readonly now: Instant
  readonly requestId: string
  /** Steps that are left to somebody else: the first of them that is due ends the run. */
  readonly leaves?: readonly Step['kind'][]
}

/** More than any ring ever needs at once. */
const maxSteps = 30

/** Answers how many steps it took. Rejects when a step could not be taken; those before it stand, and the next run goes on. */
export const rotateRing = async (rotation: Rotation, dependencies: SigningDependencies): Promise<number> => {
  const { purpose, now } = rotation
  const { read, keepers, policyOf, log } = dependencies
  let taken = 0
  for (let tried = 0; tried < maxSteps; tried++) {
    const ring = await readRing(read, purpose)
    const fault = clockFault(ring, now, dependencies)
    if (fault !== undefined) throw fault
    const step = nextStep(ring.keys, policyOf(purpose), now)
    if (step === undefined || rotation.leaves?.includes(step.kind) === true) return taken
    const cold = step.kind === 'activate' ? await takeoverFault(keepers[purpose], ring.keys, step.kid) : undefined
    if (cold !== undefined) throw cold
    const made = step.kind === 'create' ? await keepers[purpose].make(ring.keys, now) : undefined
    const dying = step.kind === 'destroy' ? ring.keys.find(({ kid }) => kid === step.kid) : undefined
    if (dying?.material !== undefined) await keepers[purpose].destroy(dying)
    if (await take(step, made, rotation, dependencies)) taken++
  }
  log('ERROR', 'a ring does not come to rest', { purpose, requestId: rotation.requestId, taken })
  throw new StoreError('unavailable', `the ring of ${purpose} does not come to rest`)
}

const take = async (
  step: Step,
  made: StoredKey | undefined,
  { purpose, now, requestId }: Rotation,
  { commit, drawId, policyOf, log }: SigningDependencies,
): Promise<boolean> => {
  const done = await commit(
    bySystem({ job: 'rotateSigningKeys', opId: drawId(prefixes.op) as OpId, runId: requestId, now }), // just drawn
    stepPlan({ step, made, purpose, now, policy: policyOf(purpose) }),
  )
  if (done.ok) log('NOTICE', 'signing key step', { requestId, purpose, step: step.kind, kid: done.value.kid })
  return done.ok
}

interface Taking {
  readonly step: Step
  readonly made: StoredKey | undefined
  readonly purpose: Purpose
  readonly now: Instant
  readonly policy: RotationPolicy
}

/** The step is due in the ring as this transaction sees it, or it is somebody else's by now. */
const stepPlan = ({ step, made, purpose, now, policy }: Taking): CommitPlan<{ kid: string }, { kid: string }> => ({
  tenant: platformTenant,
  plan: async (read) => {
    const { keys } = await readRing(read, purpose)
    const due = nextStep(keys, policy, now)
    if (due === undefined || !isSame(due, step)) return superseded
    // Two that adopt one version of KMS make the same key: it is stored once.
    if (keys.some(({ kid }) => kid === made?.kid)) return superseded
    const [kid, after] = taken(keys, step, made, now)
    return ok({
      writes: [ringWrite(purpose, after)],
      event: { type: eventOf[step.kind], targets: [`signingKey:${kid}`], details: { purpose } },
      outcome: { kid },
    })
  },
  answer: (outcome) => outcome,
})

const taken = (
  keys: readonly StoredKey[],
  step: Step,
  made: StoredKey | undefined,
  now: Instant,
): readonly [kid: string, after: readonly StoredKey[]] => {
  if (step.kind !== 'create') return [step.kid, applyStep(keys, step, now)]
  invariant(made !== undefined, 'a key was made for this step')
  return [made.kid, [...keys, made]]
}

const isSame = (left: Step, right: Step): boolean =>
  left.kind === right.kind && ('kid' in left ? left.kid : '') === ('kid' in right ? right.kid : '')

const superseded: Result<never, IamError> = err(iamError('conflict'))

const eventOf = {
  create: 'signing.key_created',
  publish: 'signing.key_published',
  activate: 'signing.key_activated',
  retire: 'signing.key_retired',
  destroy: 'signing.key_destroyed',
  forget: 'signing.key_forgotten',
} as const
