// `roles/listAssignments`: who holds what at one tenant, page by page.
import { assignmentView, listAssignmentsInput, listAssignmentsOutput } from '@latchkey/core/access/contract/assignments'
import { isAssignmentId } from '@latchkey/core/kernel/ids'
import { namedRef } from '@latchkey/core/kernel/principal'
import { ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { pageAfter, pageAnswer } from '../../../platform/store/page.ts'
import type { AccessDependencies } from '../dependencies.ts'
import { assignmentViewOf } from './assignment-document.ts'

export const listAssignments = ({ read }: AccessDependencies) =>
  operation({
    group: 'roles',
    name: 'listAssignments',
    summary: 'Lists the assignments stored at a tenant, of everybody or of one principal.',
    input: listAssignmentsInput,
    output: listAssignmentsOutput,
    access: { permission: 'iam.assignments.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, tenant }) => {
      const after = pageAfter(input.page, isAssignmentId)
      if (!after.ok) return after
      const { principal } = input
      const found = await read.list({
        collection: `tenants/${tenant}/assignments`,
        ...(principal === undefined ? {} : { where: { principal: namedRef(principal) } }),
        ...after.value,
        limit: input.limit + 1,
      })
      return ok(pageAnswer(found, input.limit, { whole: assignmentView, view: (one) => assignmentViewOf(tenant, one) }))
    },
  })
