// `access/check`: may they? The caller's own right, or that of somebody in the caller's own subtree.
import { checkInput, checkOutput } from '@latchkey/core/access/contract/questions'
import { attributesOf } from '@latchkey/core/access/contract/resource'
import { decide } from '@latchkey/core/access/decide'
import { errorOf } from '@latchkey/core/access/decision'
import type { AttributeMap, Facts } from '@latchkey/core/access/facts'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { namedRef, type PrincipalRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import type { AccessDependencies } from '../dependencies.ts'

type Input = z.output<typeof checkInput>
type Asking = Pick<AccessDependencies, 'loadFacts' | 'read'>

export const checkAccess = ({ loadFacts, read }: Asking) =>
  operation({
    group: 'access',
    name: 'check',
    summary: 'Says whether a principal may do something on a tenant, and why not.',
    input: checkInput,
    output: checkOutput,
    access: { signedIn: 'About oneself it tells nothing new; about others it asks iam.access.check at the tenant.' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async (admitted) => {
      const subject = await factsAsked(admitted, { loadFacts, read })
      if (!subject.ok) return subject
      const resource = resourceAttributes(admitted)
      if (!resource.ok) return resource
      const question = {
        permission: admitted.input.permission,
        resource: resource.value,
        action: {},
        request: aboutOneself(admitted) ? admitted.request : { time: new Date(admitted.now) },
      }
      const decision = decide(question, subject.value, admitted.now)
      // What cannot be seen is not there: the same answer for a foreign tenant and for one that never was.
      if (decision.code === 'tenant_not_visible' && subject.value === admitted.facts) return err(iamError('not_found'))
      return ok({
        allowed: decision.allowed,
        code: decision.code,
        permission: decision.permission,
        ...(decision.allowed ? {} : { missing: [decision.permission] }),
      })
    },
  })

const holds = (permission: string, { facts, request, now }: Admitted<Input>): IamError | undefined =>
  errorOf(decide({ permission, resource: {}, action: {}, request }, facts, now))

/** Of somebody else's next request only its time can be guessed. */
const aboutOneself = ({ input, caller }: Admitted<Input>): boolean => {
  const principal = principalOf(input)
  return principal === undefined || principal === caller.principal
}

const principalOf = ({ principal }: Input): PrincipalRef | undefined =>
  principal === undefined ? undefined : namedRef(principal)

/** The facts of the one asked about: through no token of theirs, as their assignments stand. */
const factsAsked = async (admitted: Admitted<Input>, { loadFacts, read }: Asking): Promise<Result<Facts, IamError>> => {
  const { input, facts, tenant } = admitted
  const principal = principalOf(input)
  if (principal === undefined || aboutOneself(admitted)) return ok(facts)
  const refusal = holds('iam.access.check', admitted)
  if (refusal !== undefined) return err(refusal)
  return loadFacts(read, { principal, credential: 'none', kind: 'session', session: undefined, key: undefined }, tenant)
}

/** Attributes count only when the caller may vouch for them (DESIGN.md §3). */
const resourceAttributes = (admitted: Admitted<Input>): Result<AttributeMap, IamError> => {
  const { input } = admitted
  if (input.resource === undefined) return ok({})
  const refusal = holds('iam.attributes.assert', admitted)
  if (refusal !== undefined) return err(refusal)
  return ok(attributesOf(input.resource))
}
