// Which keys of a tenant were ended by one entry, for those who make, look at or count keys: a decision asks the same for one key (`assembleFacts`).
import { grantsPath, policyPath } from '@latchkey/core/access/assembly/documents'
import { carriedEntry, keyEnded } from '@latchkey/core/access/assembly/token-facts'
import { isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef, type PrincipalRef } from '@latchkey/core/kernel/principal'
import type { Instant } from '@latchkey/core/kernel/time'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'

export type IsEnded = (owner: PrincipalRef, createdAt: Instant) => boolean

/** `chain`: the keys' tenant and what stands above it. */
export const bulkEnds = async (
  read: Reader,
  chain: readonly TenantId[],
  owners: readonly PrincipalRef[],
): Promise<IsEnded> => {
  const each = [...new Set(owners)]
  const found = await read.getAll([
    ...chain.map(policyPath),
    ...each.flatMap((owner) => chain.map((id) => grantsPath(id, owner))),
  ])
  const policies = found.slice(0, chain.length)
  const grantsOf = (owner: PrincipalRef) => {
    const from = chain.length * (1 + each.indexOf(owner))
    return found.slice(from, from + chain.length)
  }
  return (owner, createdAt) => {
    const carried = policies.map((fields) => carriedEntry(fields, owner))
    return keyEnded({ createdAt }, [...policies, ...carried, ...grantsOf(owner)], instantIn)
  }
}

/** Keys as people see them, each with the status that it has in truth. */
export const withBulkEnds = async (
  read: Reader,
  chain: readonly TenantId[],
  keys: readonly DocumentFields[],
): Promise<readonly DocumentFields[]> => {
  const owners = keys.map((fields) => String(fields['owner']))
  const isEnded = await bulkEnds(read, chain, owners.filter(isPrincipalRef))
  return keys.map((fields, index) => {
    const [owner, createdAt] = [owners[index] ?? '', instantIn(fields['createdAt'])]
    if (!isPrincipalRef(owner) || createdAt === undefined || !isEnded(owner, createdAt)) return fields
    return { ...fields, status: 'revoked' }
  })
}

/** The status that a key of `tenant` has in truth, for whoever knows no more of it; nothing is alive where the tenant is gone. */
export const statusInTruth = async (read: Reader, tenant: TenantId, key: DocumentFields): Promise<string> => {
  const chain: TenantId[] = []
  for (let next: string = tenant; isTenantId(next) && !chain.includes(next); ) {
    const [node] = await read.getAll([`tenants/${next}`])
    if (next === tenant && (node === undefined || node['status'] === 'deleted')) return 'revoked'
    chain.push(next)
    next = String(node?.['parentId'] ?? '')
  }
  const [shown] = await withBulkEnds(read, chain, [key])
  return String(shown?.['status'])
}
