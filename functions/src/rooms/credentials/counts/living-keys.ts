// The keys of a tenant, and of an agency's accounts, that have not ended: for people who look before they leap, so only so many are read.
import { keyStatus } from '@latchkey/core/credentials/rotation'
import { isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import type { Instant } from '@latchkey/core/kernel/time'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'
import { withBulkEnds } from '../keys/bulk-ends.ts'

const mostKeys = 1_000
const mostAccounts = 100

export interface AskedKeys {
  /** From the tenant upwards. */
  readonly chain: readonly TenantId[]
  readonly tenant: TenantId
  readonly owner: PrincipalRef | undefined
  readonly now: Instant
}

export interface LivingKeys {
  readonly keys: readonly { readonly tenant: TenantId; readonly fields: DocumentFields }[]
  /** False when there are more keys or accounts than are looked at. */
  readonly complete: boolean
}

export const livingKeys = async (read: Reader, asked: AskedKeys): Promise<LivingKeys> => {
  const below = asked.tenant.startsWith('agy_') ? await accountsOf(read, asked.tenant) : []
  const keys: LivingKeys['keys'][number][] = []
  let seen = 0
  for (const tenant of [asked.tenant, ...below.slice(0, mostAccounts)]) {
    const found = await read.list({
      collection: `tenants/${tenant}/apiKeys`,
      ...(asked.owner === undefined ? {} : { where: { owner: asked.owner } }),
      limit: mostKeys - seen + 1,
    })
    seen += found.length
    const chain = tenant === asked.tenant ? asked.chain : [tenant, ...asked.chain]
    const shown = await withBulkEnds(
      read,
      chain,
      found.map(({ fields }) => fields),
    )
    keys.push(...shown.filter((fields) => lives(fields, asked.now)).map((fields) => ({ tenant, fields })))
    if (seen > mostKeys) break
  }
  return { keys: keys.slice(0, mostKeys), complete: seen <= mostKeys && below.length <= mostAccounts }
}

const lives = (fields: DocumentFields, now: Instant): boolean => {
  const status = keyStatus(fields['status'], instantIn(fields['notAfter']), now)
  return status === 'active' || status === 'disabled'
}

const accountsOf = async (read: Reader, agency: TenantId): Promise<readonly TenantId[]> => {
  const found = await read.list({ collection: 'tenants', where: { parentId: agency }, limit: mostAccounts + 1 })
  return found.map(({ id }) => id).filter(isTenantId)
}
