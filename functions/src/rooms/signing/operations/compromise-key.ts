// `signing/compromise`: a key verifies nothing any more, at once and for good; its standby signs instead.
import type { SealNumber } from '@latchkey/core/audit/chain'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { platformTenant } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { withoutKey } from '@latchkey/core/signing/compromise'
import { compromiseInput, compromiseOutput } from '@latchkey/core/signing/contract'
import { operation } from '../../../guard/definition.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { SigningDependencies } from '../dependencies.ts'
import { isPurpose } from '../ring/ring-document.ts'
import { changeRing } from './change-ring.ts'

interface Compromising extends SigningDependencies {
  /** The last seal of the audit log as this reader sees it; undefined after a restore, when the second place knows of later ones. */
  readonly lastSeal: (read: Reader) => Promise<SealNumber | undefined>
}

export const compromiseKey = (dependencies: Compromising) =>
  operation({
    group: 'signing',
    name: 'compromise',
    summary:
      'Declares a signing key compromised, for good. Our doors refuse it within five seconds, others once their copy of the key set is ten minutes old.',
    input: compromiseInput,
    output: compromiseOutput,
    access: { permission: 'iam.signing.compromise' },
    tenant: () => platformTenant,
    effect: 'write',
    handler: async (admitted) => {
      const { kid } = admitted.input
      const [purpose = ''] = kid.split('-')
      if (!isPurpose(purpose)) return err(iamError('not_found', { field: 'kid' }))
      return changeRing(
        admitted,
        {
          purpose,
          kid,
          event: 'signing.key_compromised',
          isUrgent: true,
          change: async (keys, now, read) => {
            const key = keys.find((one) => one.kid === kid)
            if (key === undefined) return err(iamError('not_found', { field: 'kid' }))
            if (key.compromisedAt !== undefined)
              return err(iamError('conflict', { field: 'kid', detail: 'This key was declared compromised before.' }))
            const end: Result<End, IamError> = purpose === 'seal' ? await endOf(read, dependencies) : ok({})
            if (!end.ok) return end
            return ok(withoutKey(keys, kid, now).map((one) => (one.kid === kid ? { ...one, ...end.value } : one)))
          },
        },
        dependencies,
      )
    },
  })

interface End {
  readonly lastSeal?: SealNumber
}

/** By number, not by time: whoever has the key can date a seal as he likes, and so can a wrong clock. Of a log that was restored the number is too small. */
const endOf = async (read: Reader, { lastSeal }: Pick<Compromising, 'lastSeal'>): Promise<Result<End, IamError>> => {
  const last = await lastSeal(read)
  return last === undefined ? restored : ok({ lastSeal: last })
}

const restored = err(
  iamError('conflict', {
    detail:
      'The second place holds seals after the last one of the database, which was restored: begin an epoch first (`audit/beginEpoch`), or what this key signed there counts for nothing.',
  }),
)
