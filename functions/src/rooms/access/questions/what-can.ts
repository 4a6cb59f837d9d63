// `access/whatCan`: everything that a principal may do at a tenant.
import { whatCanInput, whatCanOutput } from '@latchkey/core/access/contract/questions'
import { isVisible } from '@latchkey/core/access/decide'
import { whatCan as ableTo } from '@latchkey/core/access/explain/what-can'
import { ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { type AskingDependencies, attributesAsked, factsAsked, questionOf, shownTenants, unseen } from './asked.ts'

export const whatCan = (dependencies: AskingDependencies) =>
  operation({
    group: 'access',
    name: 'whatCan',
    summary: 'Lists everything that a principal may do at a tenant, and what only under a condition.',
    input: whatCanInput,
    output: whatCanOutput,
    access: { signedIn: 'About oneself it tells nothing new; about others it asks iam.access.search at the tenant.' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async (admitted) => {
      const { input, now } = admitted
      const facts = await factsAsked(admitted, 'iam.access.search', dependencies)
      if (!facts.ok) return facts
      const attributes = await attributesAsked(admitted)
      if (!attributes.ok) return attributes
      if (facts.value === admitted.facts && !isVisible(facts.value, now)) return unseen()
      const { permission: _each, ...question } = questionOf('', attributes.value, admitted)
      const { page: after = '', limit } = input
      const shown = shownTenants(admitted)
      const found = ableTo(question, facts.value, now, shown).filter(({ permission }) => permission > after)
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return ok({
        items: page.map(({ conditions, ...one }) => ({
          ...one,
          ...(conditions.length === 0 ? {} : { conditions: [...conditions] }),
        })),
        ...(found.length > limit && last !== undefined ? { nextPage: last.permission } : {}),
      })
    },
  })
