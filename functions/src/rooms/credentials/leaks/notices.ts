// Who hears of a leaked key in their own list, live: the person who owns it, or the owners of the tenant of a service account's key.
import type { KeyId, OpId, TenantId } from '@latchkey/core/kernel/ids'
import { idOf, isPrincipalRef, userOf } from '@latchkey/core/kernel/principal'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'

const mostOwners = 20

export interface Leaked {
  readonly opId: OpId
  readonly tenant: TenantId
  readonly key: KeyId
  readonly owner: string
}

/** One a person and commit, so that running it again writes no second. */
export const noticesOf = async (read: Reader, leaked: Leaked, fields: DocumentFields): Promise<readonly Write[]> => {
  const { opId, tenant, key } = leaked
  const people = await peopleOf(read, leaked)
  return people.map((uid) => ({
    kind: 'set',
    path: `users/${uid}/notifications/${opId}`,
    fields: { type: 'credentials.key_leaked', tenant, key, ...fields },
  }))
}

const peopleOf = async (read: Reader, { tenant, owner }: Leaked): Promise<readonly string[]> => {
  if (isPrincipalRef(owner) && userOf(owner) !== undefined) return [idOf(owner)]
  const [node] = await read.getAll([`tenants/${tenant}`])
  return Array.isArray(node?.['owners']) ? node['owners'].map(String).slice(0, mostOwners) : []
}
