// `roles/list`: the custom roles of a tenant page by page, and first of all those that can be given there without being its own.
import { listRolesInput, listRolesOutput, roleView } from '@latchkey/core/access/contract/roles'
import type { Facts } from '@latchkey/core/access/facts'
import { namesIn } from '@latchkey/core/access/meaning/permissions'
import { roleAt } from '@latchkey/core/access/roles'
import { maxCustomRoles } from '@latchkey/core/access/shaping/judge-role'
import { isRoleId } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import { operation } from '../../../guard/definition.ts'
import { pageAfter, pageAnswer } from '../../../platform/store/page.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { ShapingDependencies } from './dependencies.ts'
import { roleViewOf } from './role-document.ts'

type View = z.output<typeof roleView>

export const listRoles = ({ read }: ShapingDependencies) =>
  operation({
    group: 'roles',
    name: 'list',
    summary:
      'Lists the roles that can be given at a tenant: its own page by page, built-in ones and its agency’s first.',
    input: listRolesInput,
    output: listRolesOutput,
    access: { permission: 'iam.roles.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, tenant, facts }) => {
      const after = pageAfter(input.page, isRoleId)
      if (!after.ok) return after
      const found = await read.list({
        collection: `tenants/${tenant}/roles`,
        ...after.value,
        limit: input.limit + 1,
      })
      const own = pageAnswer(found, input.limit, { whole: roleView, view: (one) => roleViewOf(one, 'here') })
      if (input.page !== undefined) return ok(own)
      return ok({ ...own, builtIn: builtInRoles(facts), ...(await agencyRoles(read, facts)) })
    },
  })

/** What the adopted catalogue knows at this level and below, with what each means here now. */
const builtInRoles = (facts: Facts): View[] => {
  const [node] = facts.chain
  const adopted = facts.catalogueOf(node?.catalogueVersion ?? '')
  // At the platform only its own can be given: owners of agencies are made at the agencies.
  const levels: readonly string[] = node?.kind === 'agency' ? ['agency', 'account'] : [node?.kind ?? '']
  return [...(adopted?.roleByName.values() ?? [])].flatMap(({ entry }) => {
    if (!levels.includes(entry.level) || !facts.head.roleByName.has(entry.name)) return []
    const permissions = [...namesIn(facts, roleAt(facts, entry.name, 0))].toSorted()
    const { name: role, title: name, description, level } = entry
    return [{ role, name, description, level, source: 'builtIn' as const, permissions, includes: [] }]
  })
}

const agencyRoles = async (read: Reader, { chain }: Facts): Promise<{ agency?: View[] }> => {
  const [node, above] = chain
  if (node?.kind !== 'account' || above === undefined) return {}
  const found = await read.list({ collection: `tenants/${above.id}/roles`, limit: maxCustomRoles.agency })
  return {
    agency: pageAnswer(found, found.length, { whole: roleView, view: (one) => roleViewOf(one, 'agency') }).items,
  }
}
