// `access/whoCan`: the people and service accounts that may do something at a tenant.
import { whoCanInput, whoCanOutput } from '@latchkey/core/access/contract/questions'
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { type AskingDependencies, attributesAsked } from './asked.ts'
import { placeIn, placeText, searchSubjects } from './search-subjects.ts'

export const whoCan = (dependencies: AskingDependencies) =>
  operation({
    group: 'access',
    name: 'whoCan',
    summary: 'Lists who may do something at a tenant. A page looks at a bounded number of principals.',
    input: whoCanInput,
    output: whoCanOutput,
    access: { permission: 'iam.access.search' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async (admitted) => {
      const { input } = admitted
      const from = input.page === undefined ? undefined : placeIn(input.page)
      const known = from === undefined || admitted.facts.chain.some((node) => node.id === from.at)
      if (input.page !== undefined && (from === undefined || !known)) {
        return err(iamError('invalid_request', { field: 'page', detail: 'Use `nextPage` of the answer before.' }))
      }
      const { principal: _nobody, ...about } = { principal: undefined, ...input }
      const attributes = await attributesAsked({ ...admitted, input: about })
      if (!attributes.ok) return attributes
      const { found, next, hiddenAbove } = await searchSubjects(
        { admitted, permissions: [input.permission], attributes: attributes.value, kind: input.kind },
        { limit: input.limit, from },
        dependencies,
      )
      return ok({ items: [...found], ...(next === undefined ? {} : { nextPage: placeText(next) }), hiddenAbove })
    },
  })
