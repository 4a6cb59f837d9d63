// `access/explain`: the decision with its reasons, what would change it, and who could.
import { explainInput, explainOutput } from '@latchkey/core/access/contract/questions'
import { explain } from '@latchkey/core/access/explain/explain'
import type { Facts } from '@latchkey/core/access/facts'
import type { IamError } from '@latchkey/core/kernel/errors'
import { ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { type AskingDependencies, attributesAsked, factsAsked, questionOf, refusalOf, unseen } from './asked.ts'
import { type KeyAskingDependencies, keyAsked } from './asked-key.ts'
import { searchSubjects } from './search-subjects.ts'
import { fixViewsOf, shownTo, traceViewOf } from './trace-view.ts'

type Input = z.output<typeof explainInput>

export const explainAccess = (dependencies: KeyAskingDependencies) =>
  operation({
    group: 'access',
    name: 'explain',
    summary: 'Explains a decision: every check, every assignment, what is missing, what would fix it, and who could.',
    input: explainInput,
    output: explainOutput,
    access: { signedIn: 'About oneself it tells why; about others it asks iam.access.explain at the tenant.' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async (admitted) => {
      const { input, now } = admitted
      const facts = await factsOfAsked(admitted, dependencies)
      if (!facts.ok) return facts
      const attributes = await attributesAsked(admitted)
      if (!attributes.ok) return attributes
      const why = shownTo(admitted, explain(questionOf(input.permission, attributes.value, admitted), facts.value, now))
      if (why.code === 'tenant_not_visible' && facts.value === admitted.facts) return unseen()
      return ok({
        allowed: why.allowed,
        code: why.code,
        permission: why.permission,
        missing: why.allowed ? [] : [why.permission],
        trace: traceViewOf(why, attributes.value.sources),
        fixes: fixViewsOf(why.fixes),
        ...(await grantorsOf(
          admitted,
          why.fixes.some((fix) => fix.kind === 'assign_role'),
          dependencies,
        )),
      })
    },
  })

/** Of a key, through it; else of the caller or whoever is named. */
const factsOfAsked = async (
  admitted: Admitted<Input>,
  dependencies: KeyAskingDependencies,
): Promise<Result<Facts, IamError>> => {
  const { input, read, tenant } = admitted
  if (input.key === undefined) return factsAsked(admitted, 'iam.access.explain', dependencies)
  const key = await keyAsked(admitted, input.key, dependencies)
  return key.ok ? dependencies.loadFacts(read, key.value, tenant) : key
}

const mostShown = 5

/** Those who hold both the permission and the right to assign it; only to callers who may see who works here. */
const grantorsOf = async (admitted: Admitted<Input>, wanted: boolean, dependencies: AskingDependencies) => {
  if (!wanted || refusalOf('iam.assignments.list', admitted) !== undefined)
    return { grantors: [], moreGrantors: wanted }
  const permissions = ['iam.roles.assign', admitted.input.permission]
  const { found, next, hiddenAbove } = await searchSubjects(
    { admitted, permissions, attributes: { resource: {}, action: {}, sources: [] }, kind: 'user' },
    { limit: mostShown, from: undefined },
    dependencies,
  )
  return { grantors: [...found], moreGrantors: next !== undefined || hiddenAbove }
}
