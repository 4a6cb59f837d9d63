// The schedule `rotateSigningKeys`: whatever is due in any ring, each quarter of an hour.
import { purposes } from '@latchkey/core/signing/purpose'
import { schedule } from '../../../guard/definition.ts'
import type { SigningDependencies } from '../dependencies.ts'
import { rotateRing } from './rotate-ring.ts'

export const rotateSigningKeys = (dependencies: SigningDependencies) =>
  schedule({
    name: 'rotateSigningKeys',
    summary: 'Makes, publishes, activates, retires and destroys signing keys when it is time; makes the first ones.',
    run: async ({ now, runId }) => {
      const runs = await Promise.allSettled(
        purposes.map((purpose) => rotateRing({ purpose, now, requestId: runId }, dependencies)),
      )
      // One ring's trouble is not another's; but whoever watches the schedule must see it fail.
      const failed = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason] : []))
      if (failed.length > 0)
        throw new AggregateError(failed, `${failed.length} of ${purposes.length} rings could not be rotated`)
    },
  })
