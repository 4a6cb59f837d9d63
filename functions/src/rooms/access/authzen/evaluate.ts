// One evaluation: the same decision as `access/check`, in AuthZEN's words.
import type { evaluationInput, evaluationOutput } from '@latchkey/core/access/contract/authzen'
import { decide } from '@latchkey/core/access/decide'
import type { Facts } from '@latchkey/core/access/facts'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { type AskingDependencies, attributesAsked, factsOf } from '../questions/asked.ts'
import { askedOf, permissionOf, principalOf } from './entities.ts'

export type Evaluation = z.output<typeof evaluationInput>
export type Answer = z.output<typeof evaluationOutput>
export type Asker = Pick<Admitted<unknown>, 'facts' | 'tenant' | 'read' | 'request' | 'now'>

/** The facts of each subject of a request, loaded once. */
export type FactsOf = (principal: PrincipalRef) => Promise<Result<Facts, IamError>>

export const factsOnce = (asker: Asker, dependencies: AskingDependencies): FactsOf => {
  const loaded = new Map<PrincipalRef, Promise<Result<Facts, IamError>>>()
  return (principal) => {
    const facts = loaded.get(principal) ?? factsOf(principal, asker, dependencies)
    loaded.set(principal, facts)
    return facts
  }
}

const denied = (code: string): Answer => ({ decision: false, context: { code } })

/** Unknown subjects, actions and types are denied, not refused; attributes that the caller may not assert are refused. */
export const evaluate = async (
  { subject, action, resource }: Pick<Evaluation, 'subject' | 'action' | 'resource'>,
  asker: Asker,
  factsOfSubject: FactsOf,
): Promise<Result<Answer, IamError>> => {
  const principal = principalOf(subject)
  if (principal === undefined) return ok(denied('unknown_subject'))
  const permission = permissionOf(asker.facts, resource.type, action.name)
  if (permission === undefined) return ok(denied('unknown_permission'))
  const attributes = await attributesAsked({ ...asker, input: askedOf(resource, action) })
  if (!attributes.ok) return attributes
  const facts = await factsOfSubject(principal)
  if (!facts.ok) return err(facts.error)
  const question = { permission, ...attributes.value, request: { time: new Date(asker.now) } }
  const { allowed, code } = decide(question, facts.value, asker.now)
  return ok(allowed ? { decision: true } : denied(code))
}
