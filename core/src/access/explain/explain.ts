// The decision with its reasons: the chain walked, each check, each assignment, and what would change the answer.
import type { TenantId } from '../../kernel/ids.ts'
import type { TenantKind, TenantStatus } from '../../kernel/tenant.ts'
import type { Instant } from '../../kernel/time.ts'
import { decide } from '../decide.ts'
import type { Decision } from '../decision.ts'
import type { Facts, Question } from '../facts.ts'
import { denies } from '../guardrail.ts'
import { permissionIn } from '../meaning/permissions.ts'
import { type Considered, consideredEntries } from './considered.ts'
import { type Fix, fixesFor } from './fixes.ts'
import { type Step, stepsOf } from './steps.ts'

export interface WalkedNode {
  readonly tenant: TenantId
  readonly kind: TenantKind
  readonly status: TenantStatus
  readonly catalogueVersion: string
  /** The guardrail's pattern that denies what is asked. */
  readonly denies?: string
}

export interface Explanation extends Decision {
  readonly chain: readonly WalkedNode[]
  readonly steps: readonly Step[]
  /** The check that gave the code; `visible` and `known` come before all others. */
  readonly decidedBy: string
  readonly considered: readonly Considered[]
  readonly fixes: readonly Fix[]
}

/** Always the code of `decide`: the same checks, asked one by one. Nothing is said of a tenant that the subject cannot see. */
export const explain = (question: Question, facts: Facts, now: Instant): Explanation => {
  const decision = decide(question, facts, now)
  const chain = facts.chain.map((node) => walked(node, question.permission))
  const permission = permissionIn(facts, question.permission)
  const asked = permission === undefined ? undefined : { facts, question, permission, now }
  const considered = asked === undefined ? [] : consideredEntries(asked, facts.subject)
  const steps = stepsOf(asked, facts, now)
  return {
    ...decision,
    chain,
    steps,
    decidedBy: steps.find((step) => step.outcome === 'refused')?.check ?? 'every check',
    considered,
    fixes: decision.allowed || asked === undefined ? [] : fixesFor(asked, steps, considered),
  }
}

const walked = (node: Facts['chain'][number], permission: string): WalkedNode => {
  const { id: tenant, kind, status, catalogueVersion, guardrail } = node
  const pattern = guardrail.deniedPermissions.find((one) => denies(one, permission))
  return { tenant, kind, status, catalogueVersion, ...(pattern === undefined ? {} : { denies: pattern }) }
}
