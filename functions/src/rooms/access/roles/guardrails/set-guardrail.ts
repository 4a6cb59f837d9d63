// `roles/setGuardrail`: replaces what a tenant denies to everybody there and below, by one write to its policy.

import { setGuardrailInput, setGuardrailOutput } from '@latchkey/core/access/contract/roles'
import type { Guardrail } from '@latchkey/core/access/facts'
import { judgeGuardrail } from '@latchkey/core/access/shaping/judge-guardrail'
import { err, ok } from '@latchkey/core/kernel/result'
import { days } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../../../guard/admitted.ts'
import { operation } from '../../../../guard/definition.ts'
import { freshFacts } from '../../../../guard/fresh-facts.ts'
import { guardrailChangeView } from '../change-view.ts'
import { dryRunFault, type ShapingDependencies } from '../dependencies.ts'
import { policyWrites } from '../role-document.ts'
import { affectedPage, holdersAffected } from '../role-uses.ts'
import { guardrailView } from './get-guardrail.ts'
import { keysAffected } from './keys-affected.ts'

type Input = z.output<typeof setGuardrailInput>

/** As many as one page of a preview. */
const shownInDryRun = 50

export const setGuardrail = (dependencies: ShapingDependencies) =>
  operation({
    group: 'roles',
    name: 'setGuardrail',
    summary: 'Replaces the guardrail of a tenant; what it gives back you must hold yourself.',
    input: setGuardrailInput,
    output: setGuardrailOutput,
    access: { permission: 'iam.guardrails.set' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) => {
      const { tenant, input, now } = admitted
      if (input.dryRun === true) return tryOut(admitted, dependencies)
      const guardrail = guardrailOf(input)
      const accessId = dependencies.drawId()
      return dependencies.commit(admitted.commit, {
        tenant,
        plan: async (read) => {
          const facts = await freshFacts(read, admitted, 'iam.guardrails.set', dependencies)
          if (!facts.ok) return facts
          const judged = judgeGuardrail(facts.value, guardrail, now)
          if (!judged.ok) return judged
          const change = guardrailChangeView(facts.value, judged.value)
          const view = guardrailView(guardrail)
          return ok({
            writes: policyWrites(tenant, { guardrail: view }, accessId),
            event: {
              type: 'access.guardrail_set',
              targets: [`tenant:${tenant}`],
              reason: input.reason,
              details: { taken: change.removed, given: change.added },
            },
            outcome: { tenant, ...view, saved: true, change },
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })

/** In the order of the request, by which faults are told. */
export const guardrailOf = ({
  deniedPermissions,
  maxKeyLifetimeDays,
  keyKinds,
  keyScopes,
}: Pick<Input, 'deniedPermissions' | 'maxKeyLifetimeDays' | 'keyKinds' | 'keyScopes'>): Guardrail => ({
  deniedPermissions,
  ...(maxKeyLifetimeDays === undefined ? {} : { maxKeyLifetime: days(maxKeyLifetimeDays) }),
  ...(keyKinds === undefined ? {} : { keyKinds }),
  ...(keyScopes === undefined ? {} : { keyScopes }),
})

const tryOut = async (admitted: Admitted<Input>, dependencies: ShapingDependencies) => {
  const { read } = dependencies
  const { facts, input, now, tenant } = admitted
  const fault = dryRunFault(admitted)
  if (fault !== undefined) return err(fault)
  const guardrail = guardrailOf(input)
  const judged = judgeGuardrail(facts, guardrail, now)
  if (!judged.ok) return judged
  const affected = affectedPage(await holdersAffected(read, admitted, judged.value.taken), shownInDryRun, undefined)
  const keys = await keysAffected(admitted, guardrail, dependencies)
  const change = { ...guardrailChangeView(facts, judged.value), affected, ...keys }
  return ok({ tenant, ...guardrailView(guardrail), saved: false, change })
}
