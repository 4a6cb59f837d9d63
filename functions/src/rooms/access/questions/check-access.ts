// `access/check`: may they? The caller's own right, or that of somebody in the caller's own subtree.
import { checkInput, checkOutput } from '@latchkey/core/access/contract/questions'
import { decide } from '@latchkey/core/access/decide'
import { explain } from '@latchkey/core/access/explain/explain'
import { ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { type AskingDependencies, attributesAsked, factsAsked, questionOf, unseen } from './asked.ts'
import { shownTo, traceViewOf } from './trace-view.ts'

export const checkAccess = (dependencies: AskingDependencies) =>
  operation({
    group: 'access',
    name: 'check',
    summary: 'Says whether a principal may do something on a tenant, and why not.',
    input: checkInput,
    output: checkOutput,
    access: { signedIn: 'About oneself it tells nothing new; about others it asks iam.access.check at the tenant.' },
    tenant: (input) => input.tenant,
    effect: 'read',
    cached: true,
    atLeast: (input) => input.atLeast,
    handler: async (admitted) => {
      const { input, now } = admitted
      // A trace is an explanation, and takes the same right.
      const facts = await factsAsked(admitted, input.trace ? 'iam.access.explain' : 'iam.access.check', dependencies)
      if (!facts.ok) return facts
      const attributes = await attributesAsked(admitted)
      if (!attributes.ok) return attributes
      const question = questionOf(input.permission, attributes.value, admitted)
      const decision = decide(question, facts.value, now)
      if (decision.code === 'tenant_not_visible' && facts.value === admitted.facts) return unseen()
      const trace = input.trace
        ? { trace: traceViewOf(shownTo(admitted, explain(question, facts.value, now)), attributes.value.sources) }
        : {}
      return ok({ ...decision, ...(decision.allowed ? {} : { missing: [decision.permission] }), ...trace })
    },
  })
