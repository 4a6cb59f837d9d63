// `tenants/{T}/apiKeys/{K}`: a key as people see it. It never holds a hash or a secret.
import type { KeyId, TenantId } from '@latchkey/core/kernel/ids'
import { type Instant, isOver, toIso } from '@latchkey/core/kernel/time'
import { type DocumentFields, instantIn } from '../../platform/store/reader.ts'

export const keyPath = (tenant: TenantId, key: string): string => `tenants/${tenant}/apiKeys/${key}`

const iso = (value: unknown): string => {
  const at = instantIn(value)
  return at === undefined ? '' : toIso(at)
}

/** `expired` is a fact of the clock, not of the store (CATALOGUE I-61). */
const statusOf = (fields: DocumentFields, now: Instant): 'active' | 'revoked' | 'expired' => {
  if (fields['status'] !== 'active') return 'revoked'
  return isOver(instantIn(fields['notAfter']), now) ? 'expired' : 'active'
}

export const keyViewOf = (tenant: TenantId, key: string, fields: DocumentFields, now: Instant) => ({
  key: key as KeyId, // the document's own id
  tenant,
  name: String(fields['name']),
  owner: String(fields['owner']),
  scopes: Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : [],
  ...(Array.isArray(fields['accounts']) ? { accounts: fields['accounts'] as TenantId[] } : {}), // written by createKey
  status: statusOf(fields, now),
  hint: String(fields['hint']),
  createdAt: iso(fields['createdAt']),
  createdBy: String(fields['createdBy']),
  expiresAt: iso(fields['notAfter']),
  ...(fields['lastUsedAt'] === undefined ? {} : { lastUsedAt: iso(fields['lastUsedAt']) }),
})
