// `roles/preview`: what a change would do, and to whom, before it is saved; by the very plans that saving runs.

import { changeView, previewInput } from '@latchkey/core/access/contract/roles'
import { includersOf } from '@latchkey/core/access/shaping/compose-role'
import { judgeGuardrail } from '@latchkey/core/access/shaping/judge-guardrail'
import { judgeRole } from '@latchkey/core/access/shaping/judge-role'
import { changesOf, type RoleChange, withRole } from '@latchkey/core/access/shaping/shape-change'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { isAssignmentId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { refusalOf } from '../../../guard/fresh-facts.ts'
import { pageAfter } from '../../../platform/store/page.ts'
import { planAdoption } from './catalogue/adopt-catalogue.ts'
import { guardrailChangeView, roleChangeView } from './change-view.ts'
import type { ShapingDependencies } from './dependencies.ts'
import { keysAffected } from './guardrails/keys-affected.ts'
import { guardrailOf } from './guardrails/set-guardrail.ts'
import { affectedPage, assignmentsAffected, holdersAffected } from './role-uses.ts'

type Input = z.output<typeof previewInput>
type Change = Input['change']

/** No role has this id: it stands for the one that is not made yet. */
const unborn = 'rol_new'

export const previewChange = (dependencies: ShapingDependencies) =>
  operation({
    group: 'roles',
    name: 'preview',
    summary: 'Says what a change of a role, a guardrail or the catalogue would do, to whoever may make that change.',
    input: previewInput,
    output: changeView,
    access: { permission: 'iam.roles.preview' },
    tenant: (input) => input.tenant,
    effect: 'read',
    rate: 'write', // it may look at a thousand assignments
    handler: async (admitted) => {
      const { change } = admitted.input
      // Whoever may not make the change learns nothing from trying it (CATALOGUE I-63).
      const refusal = refusalOf(admitted.facts, permissionFor(change), admitted)
      if (refusal !== undefined) return err(refusal)
      if ('role' in change) return previewRole(admitted, change.role, dependencies)
      if ('removeRole' in change) return previewRemoval(admitted, change.removeRole, dependencies)
      if ('guardrail' in change) return previewGuardrail(admitted, change.guardrail, dependencies)
      const target = await dependencies.catalogues.ofVersion(change.catalogue)
      return planAdoption(dependencies.read, admitted.facts, target)
    },
  })

const permissionFor = (change: Change): string => {
  if ('role' in change) return change.role.role === undefined ? 'iam.roles.create' : 'iam.roles.update'
  if ('removeRole' in change) return 'iam.roles.delete'
  return 'guardrail' in change ? 'iam.guardrails.set' : 'iam.catalogue.adopt'
}

const previewRole = async (
  admitted: Admitted<Input>,
  draft: Extract<Change, { readonly role: unknown }>['role'],
  dependencies: ShapingDependencies,
) => {
  const { facts, now } = admitted
  if (draft.role !== undefined && !facts.chain[0]?.customRoles.has(draft.role)) {
    return err(iamError('not_found', { field: 'change.role.role' }))
  }
  const role: string = draft.role ?? unborn
  const judged = judgeRole(facts, { role, permissions: draft.permissions, includes: draft.includes }, now)
  return judged.ok
    ? withHolders(admitted, judged.value.changes, role, dependencies)
    : err(within('change.role', judged.error))
}

/** A fault of the change itself, by its path in this request. */
const within = (path: string, error: IamError): IamError =>
  error.field === undefined ? error : { ...error, field: `${path}.${error.field}` }

const previewRemoval = async (admitted: Admitted<Input>, role: string, dependencies: ShapingDependencies) => {
  const { facts } = admitted
  const roles = facts.chain[0]?.customRoles ?? new Map()
  if (!roles.has(role)) return err(iamError('not_found', { field: 'change.removeRole' }))
  const changes = changesOf(facts, withRole(facts, role, undefined), includersOf(roles, role))
  return withHolders(admitted, changes, role, dependencies)
}

const withHolders = async (
  admitted: Admitted<Input>,
  changes: readonly RoleChange[],
  edited: string,
  { read }: ShapingDependencies,
) => {
  const after = pageAfter(admitted.input.page, isAssignmentId)
  if (!after.ok) return after
  const scan = await assignmentsAffected(
    read,
    admitted,
    changes.map(({ role }) => role),
  )
  return ok({
    ...roleChangeView(admitted.facts, changes, edited),
    affected: affectedPage(scan, admitted.input.limit, after.value.after),
  })
}

const previewGuardrail = async (
  admitted: Admitted<Input>,
  guardrail: Extract<Change, { readonly guardrail: unknown }>['guardrail'],
  dependencies: ShapingDependencies,
) => {
  const { facts, now, input } = admitted
  const { read } = dependencies
  const after = pageAfter(input.page, isPrincipalRef)
  if (!after.ok) return after
  const next = guardrailOf(guardrail)
  const judged = judgeGuardrail(facts, next, now)
  if (!judged.ok) return err(within('change.guardrail', judged.error))
  return ok({
    ...guardrailChangeView(facts, judged.value),
    affected: affectedPage(await holdersAffected(read, admitted, judged.value.taken), input.limit, after.value.after),
    ...(await keysAffected(admitted, next, dependencies)),
  })
}
