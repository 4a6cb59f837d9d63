// `POST /access/v1/evaluation` and `/access/v1/evaluations`: one decision, or up to a hundred in one call.
import {
  evaluationInput,
  evaluationOutput,
  evaluationsInput,
  evaluationsOutput,
} from '@latchkey/core/access/contract/authzen'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import type { Caller } from '../../../guard/caller.ts'
import { operation } from '../../../guard/definition.ts'
import type { AskingDependencies } from '../questions/asked.ts'
import { type Answer, type Evaluation, evaluate, factsOnce } from './evaluate.ts'

type Batch = z.output<typeof evaluationsInput>

/** Where: as the context says, else where the credential lives. */
export const tenantAsked = (
  { context }: { readonly context?: { readonly tenant?: TenantId | undefined } | undefined },
  caller: Caller,
): TenantId | undefined => context?.tenant ?? caller.key?.tenant

export const evaluation = (dependencies: AskingDependencies) =>
  operation({
    group: 'authzen',
    name: 'evaluation',
    summary: 'AuthZEN 1.0 access evaluation: may this subject do this action on this resource?',
    input: evaluationInput,
    output: evaluationOutput,
    access: { permission: 'iam.access.check' },
    tenant: tenantAsked,
    effect: 'read',
    rate: 'verify',
    cached: true,
    path: '/access/v1/evaluation',
    handler: (admitted) => evaluate(admitted.input, admitted, factsOnce(admitted, dependencies)),
  })

export const evaluations = (dependencies: AskingDependencies) =>
  operation({
    group: 'authzen',
    name: 'evaluations',
    summary:
      'AuthZEN 1.0 access evaluations: several decisions at once, with defaults and a semantic for stopping early.',
    input: evaluationsInput,
    output: evaluationsOutput,
    access: { permission: 'iam.access.check' },
    tenant: tenantAsked,
    effect: 'read',
    rate: 'verify',
    cached: true,
    path: '/access/v1/evaluations',
    handler: (admitted) => {
      const { evaluations: items } = admitted.input
      return items === undefined || items.length === 0 ? single(admitted, dependencies) : batch(admitted, dependencies)
    },
  })

const single = async (
  admitted: Admitted<Batch>,
  dependencies: AskingDependencies,
): Promise<Result<Answer, IamError>> => {
  const { input } = admitted
  const whole = wholeOf(input)
  if (typeof whole === 'string') return err(iamError('invalid_request', { field: whole, detail: 'It is missing.' }))
  return evaluate(whole, admitted, factsOnce(admitted, dependencies))
}

/** The first entity that is missing, or an evaluation that has them all. */
const wholeOf = ({
  subject,
  action,
  resource,
}: Pick<Batch, 'subject' | 'action' | 'resource'>): Evaluation | string => {
  if (subject === undefined) return 'subject'
  if (action === undefined) return 'action'
  return resource === undefined ? 'resource' : { subject, action, resource }
}

const batch = async (admitted: Admitted<Batch>, dependencies: AskingDependencies) => {
  const { input } = admitted
  const factsOf = factsOnce(admitted, dependencies)
  const answers: Answer[] = []
  for (const item of input.evaluations ?? []) {
    // Each entity as a whole from the item, or as a whole from above.
    const whole = wholeOf({ ...input, ...item })
    const answer =
      typeof whole === 'string'
        ? ok(incomplete(whole))
        : (elsewhere(item) ?? (await evaluate(whole, admitted, factsOf)))
    if (!answer.ok) return answer
    answers.push(answer.value)
    if (isOver(input.options?.evaluations_semantic, answer.value.decision)) break
  }
  return ok({ evaluations: answers })
}

const incomplete = (entity: string): Answer => ({
  decision: false,
  context: { code: 'invalid_request', error: `${entity} is missing` },
})

/** One request is about one tenant: whoever asks is admitted there, and nowhere else. */
const elsewhere = ({ context }: NonNullable<Batch['evaluations']>[number]): Result<Answer, IamError> | undefined =>
  context?.['tenant'] === undefined
    ? undefined
    : ok({
        decision: false,
        context: { code: 'invalid_request', error: 'name the tenant in the context of the request' },
      })

const isOver = (semantic: string | undefined, decision: boolean): boolean =>
  (semantic === 'deny_on_first_deny' && !decision) || (semantic === 'permit_on_first_permit' && decision)
