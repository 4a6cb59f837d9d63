// Who hears of a leaked key in their own list, live: the person who owns it, or the owners of the tenant of a service account's key.
import type { Json } from '@latchkey/core/kernel/canonical-json'
import type { KeyId, OpId, TenantId } from '@latchkey/core/kernel/ids'
import { idOf, isPrincipalRef, userOf } from '@latchkey/core/kernel/principal'
import type { Instant } from '@latchkey/core/kernel/time'
import { kinds } from '@latchkey/core/notify/kinds'
import { noticeId, shownNotice } from '@latchkey/core/notify/notice'
import { type DocumentFields, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'

const mostOwners = 20
const type = 'credentials.key_leaked'

export interface Leaked {
  readonly opId: OpId
  readonly tenant: TenantId
  readonly key: KeyId
  readonly owner: string
  readonly name: string
  readonly details: { readonly [name: string]: Json | undefined }
  readonly now: Instant
}

/** In the transaction that ends the key, so that nobody's key ends without a word. Whoever delivers the event finds it there and only mails. */
export const noticesOf = async (read: Reader, leaked: Leaked): Promise<readonly Write[]> => {
  const { opId, tenant, key, owner, name, details, now } = leaked
  const [node] = await read.getAll([`tenants/${tenant}`])
  const event = { id: opId, type, tenant, actor: '', targets: [`key:${key}`, owner], details, at: now }
  const facts = { event, tenantName: String(node?.['name'] ?? tenant), subject: name, actorName: undefined }
  const fields = { ...shownNotice('key_leaked', kinds.key_leaked, facts), ...details, type, key, at: timestampOf(now) }
  return peopleOf(owner, node).map((uid) => ({
    kind: 'set',
    path: `users/${uid}/notifications/${noticeId(now, opId)}`,
    fields,
  }))
}

const peopleOf = (owner: string, node: DocumentFields | undefined): readonly string[] => {
  if (isPrincipalRef(owner) && userOf(owner) !== undefined) return [idOf(owner)]
  return Array.isArray(node?.['owners']) ? node['owners'].map(String).slice(0, mostOwners) : []
}
