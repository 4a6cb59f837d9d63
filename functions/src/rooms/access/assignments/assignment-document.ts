// `tenants/{T}/assignments/{A}` as people see it, and as it folds into a grants document.
import type { Reach } from '@latchkey/core/access/facts'
import type { FoldableAssignment } from '@latchkey/core/access/fold-grants'
import type { AssignmentId, TenantId } from '@latchkey/core/kernel/ids'
import { type Instant, toIso } from '@latchkey/core/kernel/time'
import { instantIn, type StoredDocument } from '../../../platform/store/reader.ts'

const optional = <Name extends string>(name: Name, value: unknown): { [key in Name]?: string } =>
  (typeof value === 'string' ? { [name]: value } : {}) as { [key in Name]?: string } // a computed key widens to string

export const assignmentViewOf = (tenant: TenantId, { id, fields }: StoredDocument) => {
  const until = instantIn(fields['until'])
  const grantedAt = instantIn(fields['grantedAt'])
  const accounts = fields['accounts']
  return {
    assignment: id as AssignmentId, // the document's own id
    tenant,
    principal: String(fields['principal']),
    role: String(fields['role']),
    reach: fields['reach'] as Reach, // written by planGrant
    ...(typeof accounts === 'object' && accounts !== null ? { accounts: Object.keys(accounts) as TenantId[] } : {}),
    ...optional('condition', fields['condition']),
    ...(until === undefined ? {} : { expiresAt: toIso(until) }),
    ...optional('reason', fields['reason']),
    grantedBy: String(fields['grantedBy']),
    grantedAt: grantedAt === undefined ? '' : toIso(grantedAt),
  }
}

/** None when its end cannot be read: an end that is not understood is no reason to grant for ever. */
export const foldableOf = ({ id, fields }: StoredDocument): readonly FoldableAssignment[] => {
  const until = instantIn(fields['until'])
  return fields['until'] !== undefined && until === undefined ? [] : [folded({ id, fields }, until)]
}

const folded = ({ id, fields }: StoredDocument, until: Instant | undefined): FoldableAssignment => ({
  assignment: id as AssignmentId, // the document's own id
  role: String(fields['role']),
  reach: fields['reach'] as Reach, // written by planGrant
  accounts: fields['accounts'] as Readonly<Record<string, string>> | undefined,
  placement: fields['placement'] as string | undefined,
  ...(fields['borrowed'] === true ? { borrowed: true } : {}),
  condition: fields['condition'] as string | undefined,
  until,
})
