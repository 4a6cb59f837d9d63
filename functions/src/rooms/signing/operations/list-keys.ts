// `signing/list`: every signing key that is remembered, its state and its public half.

import { platformTenant } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import { toIso } from '@latchkey/core/kernel/time'
import { type keyView, listKeysInput, listKeysOutput } from '@latchkey/core/signing/contract'
import { longestPublished } from '@latchkey/core/signing/plan-rotation'
import { type Purpose, purposes } from '@latchkey/core/signing/purpose'
import { heardAt, isPublished } from '@latchkey/core/signing/ring'
import type * as z from 'zod'
import { operation } from '../../../guard/definition.ts'
import type { SigningDependencies } from '../dependencies.ts'
import { jwkOf } from '../key-set.ts'
import { readRing, type StoredKey } from '../ring/ring-document.ts'

export const listKeys = ({ policyOf }: Pick<SigningDependencies, 'policyOf'>) =>
  operation({
    group: 'signing',
    name: 'list',
    summary: 'Lists the signing keys of every purpose: states, moments and public halves.',
    input: listKeysInput,
    output: listKeysOutput,
    access: { permission: 'iam.signing.list' },
    tenant: () => platformTenant,
    effect: 'read',
    handler: async ({ input, read }) => {
      const wanted = input.purpose === undefined ? purposes : [input.purpose]
      const rings = await Promise.all(
        wanted.map(async (purpose) => {
          const { keys } = await readRing(read, purpose)
          const standby = longestPublished(keys)
          const ready = standby === undefined ? undefined : heardAt(standby, policyOf(purpose))
          return {
            purpose,
            keys: keys.map((key) => viewOf(key, purpose)),
            ...(ready === undefined ? {} : { rotatableAt: toIso(ready) }),
          }
        }),
      )
      return ok({ rings })
    },
  })

const viewOf = (key: StoredKey, purpose: Purpose): z.output<typeof keyView> => {
  const { kid, state, point, material: _never, createdAt, lastSeal, ...later } = key
  const moments = Object.entries(later).flatMap(([name, at]) => (at === undefined ? [] : [[name, toIso(at)] as const]))
  return {
    kid,
    state,
    // Whoever verifies a seal has its key beside it; the set holds none.
    published: purpose !== 'seal' && isPublished(key),
    createdAt: toIso(createdAt),
    ...Object.fromEntries(moments),
    ...(lastSeal === undefined ? {} : { lastSeal }),
    jwk: { ...jwkOf({ kid, point }) },
  }
}
