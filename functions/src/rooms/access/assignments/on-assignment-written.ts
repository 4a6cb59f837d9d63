// Recomputes one grants document from its assignments: whatever was lost, doubled or reordered ends in the same document.

import { grantsPath } from '@latchkey/core/access/assembly/documents'
import { foldGrants } from '@latchkey/core/access/fold-grants'
import { canonicalJson, type Json } from '@latchkey/core/kernel/canonical-json'
import { isAssignmentId, isTenantId, type OpId, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { idOf, isPrincipalRef, kindOf, type PrincipalRef } from '@latchkey/core/kernel/principal'
import type { Instant } from '@latchkey/core/kernel/time'
import { trigger } from '../../../guard/definition.ts'
import { type DocumentFields, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { AccessDependencies } from '../dependencies.ts'
import { foldableOf } from './assignment-document.ts'

/** More than anybody can hold at one tenant. */
const maxRead = 500

export const onAssignmentWritten = (dependencies: AccessDependencies) =>
  trigger({
    name: 'onAssignmentWritten',
    summary: 'Recomputes the grants of whoever an assignment names.',
    document: 'tenants/{tenant}/assignments/{assignment}',
    run: async ({ now }, { tenant = '', assignment = '' }, before) => {
      if (!isTenantId(tenant) || !isAssignmentId(assignment)) return
      const [fields] = await dependencies.read.getAll([`tenants/${tenant}/assignments/${assignment}`])
      // Who held it before is only a hint whom to recompute: from what is stored, so a false one changes nothing.
      const named = new Set([fields?.['principal'], before['principal']].map(String).filter(isPrincipalRef))
      for (const principal of named) await recompute(dependencies, { tenant, principal, now })
    },
  })

export interface Recomputing {
  readonly tenant: TenantId
  readonly principal: PrincipalRef
  readonly now: Instant
}

/** Writes only what differs: a delivery that comes twice writes nothing the second time. Answers whether there was anything to repair. */
export const recompute = async (
  { project, drawId }: Pick<AccessDependencies, 'project' | 'drawId'>,
  { tenant, principal, now }: Recomputing,
): Promise<boolean> => {
  const opId = drawId(prefixes.op) as OpId // just drawn
  const path = grantsPath(tenant, principal)
  let repaired = false
  await project(async (read) => {
    const [grants] = await read.getAll([path])
    const assignments = await read.list({
      collection: `tenants/${tenant}/assignments`,
      where: { principal },
      limit: maxRead,
    })
    const entries = storedEntries(foldGrants(assignments.flatMap(foldableOf)))
    repaired = grants === undefined ? assignments.length > 0 : !sameJson(grants['entries'], entries)
    if (!repaired) return { writes: [] }
    const fields = { ...(grants ?? (await madeAnew(read, { tenant, principal, now }))), principal, entries }
    return {
      writes: [{ kind: 'set', path, fields }],
      repair: { opId, type: 'access.grants_repaired', tenant, now },
    }
  })
  return repaired
}

/**
 * Of a grants document that was lost: status, teams and attributes as the membership says. Without one nobody knows, so it counts
 * for nothing until they are given a role anew; and keys from before are dead, because their end may have been lost with it.
 */
const madeAnew = async (read: Reader, { tenant, principal, now }: Recomputing): Promise<DocumentFields> => {
  const folder = kindOf(principal) === 'team' ? 'teams' : 'members'
  const [member] = await read.getAll([`tenants/${tenant}/${folder}/${idOf(principal)}`])
  const { status = 'removed', teams = [], attributes } = member ?? {}
  return {
    status,
    teams,
    ...(attributes === undefined ? {} : { attributes }),
    ...(folder === 'teams' ? {} : { keysNotBefore: timestampOf(now) }),
  }
}

/** The form in which `planGrant` stores entries: absent instead of undefined, timestamps instead of numbers. */
const storedEntries = (entries: ReturnType<typeof foldGrants>): DocumentFields =>
  Object.fromEntries(
    Object.entries(entries).map(([id, { role, reach, accounts, placement, borrowed, condition, until }]) => [
      id,
      {
        role,
        reach,
        ...(accounts === undefined ? {} : { accounts }),
        ...(placement === undefined ? {} : { placement }),
        ...(borrowed === undefined ? {} : { borrowed }),
        ...(condition === undefined ? {} : { condition }),
        ...(until === undefined ? {} : { until: timestampOf(until) }),
      },
    ]),
  )

const sameJson = (left: unknown, right: unknown): boolean =>
  canonicalJson(JSON.parse(JSON.stringify(left ?? {})) as Json) ===
  canonicalJson(JSON.parse(JSON.stringify(right)) as Json)
