// The schedule `rotateSecrets`: new versions of our own secrets when the old ones are a month old, and an end to those that nothing needs.
import { type HmacPurpose, hmacPurposes, planSecret } from '@latchkey/core/signing/secret-versions'
import { schedule } from '../../../guard/definition.ts'
import { keyBytes, type SecretsDependencies, secretOf } from './hmac-keys.ts'

export const rotateSecrets = ({ secrets, random, policy, log }: SecretsDependencies) =>
  schedule({
    name: 'rotateSecrets',
    summary:
      'Adds and destroys versions of the secrets that form tokens, page cursors and DPoP nonces are authenticated with.',
    run: async ({ now, runId }) => {
      const rotate = async (purpose: HmacPurpose): Promise<void> => {
        const secret = secretOf(purpose)
        for (const step of planSecret(await secrets.versions(secret), policy, now)) {
          if (step.kind === 'add') await secrets.add(secret, random(keyBytes))
          else await secrets.destroy(secret, step.number)
          log('NOTICE', 'secret step', { runId, secret, ...step })
        }
      }
      const runs = await Promise.allSettled(hmacPurposes.map(rotate))
      // One secret's trouble is not another's; but whoever watches the schedule must see it fail.
      const failed = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason] : []))
      if (failed.length > 0)
        throw new AggregateError(failed, `${failed.length} of ${hmacPurposes.length} secrets could not be rotated`)
    },
  })
