// Removes what people could see and is over: in one transaction a tenant and batch, looked at again in it, with one summary event.

import { iamError } from '@latchkey/core/kernel/errors'
import { isTenantId, type OpId, platformTenant, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import type { Run } from '../../../guard/doors/single-flight.ts'
import { sentenceOf } from '../../../platform/log.ts'
import type { DrawId } from '../../../platform/random.ts'
import { bySystem } from '../../../platform/store/by-system.ts'
import type { Commit } from '../../../platform/store/commit.ts'
import { isDue } from '../../../platform/store/expiring.ts'
import type { Reader, StoredDocument } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { Due } from '../../../platform/store/sweep.ts'
import type { Write } from '../../../platform/store/write.ts'

export interface RemovalDependencies {
  readonly commit: Commit
  readonly drawId: DrawId
}

export interface Removal {
  readonly kind: string
  /** As audit events name one of them: `key`, `assignment` … */
  readonly target: string
  /** What else must change with them; the ids of `gone` are paths. */
  readonly alongside?: (read: Reader, tenant: TenantId, gone: readonly StoredDocument[]) => Promise<readonly Write[]>
}

/** Leaves room in a transaction for what changes alongside. */
const mostAtOnce = 40

export const removerOf =
  (removal: Removal, dependencies: RemovalDependencies) =>
  async (due: readonly Due[], run: Run): Promise<number> => {
    let removed = 0
    const failures: unknown[] = []
    for (const [tenant, paths] of byTenant(due))
      try {
        for (let from = 0; from < paths.length; from += mostAtOnce)
          removed += await removeSome(
            removal,
            { tenant, paths: paths.slice(from, from + mostAtOnce), run },
            dependencies,
          )
      } catch (error) {
        if (error instanceof StoreError && error.fault === 'unavailable') throw error
        failures.push(error) // one tenant's trouble is not another's
      }
    if (failures.length > 0) throw new AggregateError(failures, failures.slice(0, 3).map(sentenceOf).join(' '))
    return removed
  }

const tenantOf = ({ path, fields }: Due): TenantId => {
  const [root, id = ''] = path.split('/')
  const named = root === 'tenants' ? id : String(fields['tenant'])
  return isTenantId(named) ? named : platformTenant
}

const byTenant = (due: readonly Due[]): ReadonlyMap<TenantId, readonly string[]> => {
  const found = new Map<TenantId, string[]>()
  for (const one of due) {
    const tenant = tenantOf(one)
    found.set(tenant, [...(found.get(tenant) ?? []), one.path])
  }
  return found
}

interface Some {
  readonly tenant: TenantId
  readonly paths: readonly string[]
  readonly run: Run
}

const removeSome = async (
  { kind, target, alongside }: Removal,
  { tenant, paths, run }: Some,
  { commit, drawId }: RemovalDependencies,
): Promise<number> => {
  const opId = drawId(prefixes.op) as OpId // just drawn
  const context = bySystem({ job: 'sweepExpired', opId, runId: run.runId, now: run.now })
  const removed = await commit(context, {
    tenant,
    plan: async (read) => {
      const found = await read.getAll(paths)
      // What was renewed since it was found stays.
      const gone = paths.flatMap((id, index) => {
        const fields = found[index]
        return fields !== undefined && isDue(kind, fields, run.now) ? [{ id, fields }] : []
      })
      if (gone.length === 0) return err(iamError('conflict'))
      const others = (await alongside?.(read, tenant, gone)) ?? []
      return ok({
        writes: [...gone.map(({ id: path }): Write => ({ kind: 'delete', path })), ...others],
        event: {
          type: `lifecycle.expired_${target}s_removed`,
          targets: gone.map(({ id }) => `${target}:${id.split('/').at(-1)}`),
          details: { count: gone.length },
        },
        outcome: { count: gone.length },
      })
    },
    answer: (outcome) => outcome,
  })
  return removed.ok ? removed.value.count : 0
}
