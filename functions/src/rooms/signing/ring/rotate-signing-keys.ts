// The schedule `rotateSigningKeys`: whatever is due in any ring, each quarter of an hour.
import { purposes } from '@latchkey/core/signing/purpose'
import { schedule } from '../../../guard/definition.ts'
import type { SigningDependencies } from '../dependencies.ts'
import { rotateRing } from './rotate-ring.ts'

interface Rotating extends SigningDependencies {
  /** Rejects while KMS is still needed to vouch for what a key for seals has signed. */
  readonly requireVouched: (kid: string) => Promise<void>
}

export const rotateSigningKeys = (dependencies: Rotating) =>
  schedule({
    name: 'rotateSigningKeys',
    summary: 'Makes, publishes, activates, retires and destroys signing keys when it is time; makes the first ones.',
    run: async ({ now, runId }) => {
      const runs = await Promise.allSettled(
        purposes.map((purpose) => rotateRing({ purpose, now, requestId: runId }, vouching(dependencies))),
      )
      // One ring's trouble is not another's; but whoever watches the schedule must see it fail.
      const failed = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason] : []))
      if (failed.length > 0)
        throw new AggregateError(failed, `${failed.length} of ${purposes.length} rings could not be rotated`)
    },
  })

const vouching = ({ requireVouched, ...dependencies }: Rotating): SigningDependencies => {
  const { seal } = dependencies.keepers
  const destroy: typeof seal.destroy = async (key) => {
    await requireVouched(key.kid)
    await seal.destroy(key)
  }
  return { ...dependencies, keepers: { ...dependencies.keepers, seal: { ...seal, destroy } } }
}
