// A custom role in its two documents: the compact one in the tenant's policy, for deciding, and `tenants/{T}/roles/{R}` for people.

import { policyPath } from '@latchkey/core/access/assembly/documents'
import type { CustomRole, Facts } from '@latchkey/core/access/facts'
import { namesIn } from '@latchkey/core/access/meaning/permissions'
import { toBase64url } from '@latchkey/core/catalogue/permission-set'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { RoleId, TenantId } from '@latchkey/core/kernel/ids'
import { foldName, normalizeName } from '@latchkey/core/kernel/names'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { TenantKind } from '@latchkey/core/kernel/tenant'
import { toIso } from '@latchkey/core/kernel/time'
import { type DocumentFields, instantIn, type Reader, type StoredDocument } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'

export const rolePath = (tenant: TenantId, role: RoleId): string => `tenants/${tenant}/roles/${role}`

/** The roles of a policy document as they are stored, each with whatever this version does not know. */
export const storedRoles = (policy: DocumentFields | undefined): DocumentFields =>
  (policy?.['roles'] ?? {}) as DocumentFields // our own document

export const storedRole = ({ permissions, includes }: CustomRole) => ({
  permissions: toBase64url(permissions),
  includes: [...includes],
})

/** What is allowed at the tenant changes: the new access id shuts every viewer there and below, whoever may have one. */
export const policyWrites = (tenant: TenantId, policy: DocumentFields, accessId: string): readonly Write[] => [
  { kind: 'update', path: policyPath(tenant), fields: policy },
  { kind: 'update', path: `tenants/${tenant}`, fields: { accessId } },
]

/** The people's half of a definition. */
export const definitionFields = (facts: Facts, definition: CustomRole) => ({
  permissions: namesIn(facts, definition.permissions).toSorted(),
  includes: [...definition.includes],
})

/** The name as it will stand, and the form in which it is unique at the tenant. */
export const nameFields = (raw: string): Result<{ readonly name: string; readonly nameKey: string }, IamError> => {
  const name = normalizeName(raw)
  return name.ok ? ok({ name: name.value, nameKey: foldName(name.value) }) : name
}

export interface NameWanted {
  readonly tenant: TenantId
  readonly role: string
  readonly nameKey: string
}

export const refuseTakenName = async (
  read: Reader,
  { tenant, role, nameKey }: NameWanted,
): Promise<Result<void, IamError>> => {
  const namesakes = await read.list({ collection: `tenants/${tenant}/roles`, where: { nameKey }, limit: 2 })
  return namesakes.every(({ id }) => id === role)
    ? ok(undefined)
    : err(iamError('already_exists', { field: 'name', detail: 'Another role here has this name.' }))
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

const optional = <Name extends string>(name: Name, value: unknown): { [key in Name]?: string } =>
  (typeof value === 'string' && value !== '' ? { [name]: value } : {}) as { [key in Name]?: string } // a computed key widens to string

const moment = <Name extends string>(name: Name, value: unknown): { [key in Name]?: string } => {
  const at = instantIn(value)
  return optional(name, at === undefined ? undefined : toIso(at))
}

export const roleViewOf = ({ id, fields }: StoredDocument, source: 'here' | 'agency') => ({
  role: id,
  name: String(fields['name']),
  ...optional('description', fields['description']),
  level: fields['level'] as TenantKind, // written by create-role
  source,
  permissions: texts(fields['permissions']),
  includes: texts(fields['includes']),
  ...optional('createdBy', fields['createdBy']),
  ...moment('createdAt', fields['createdAt']),
  ...optional('updatedBy', fields['updatedBy']),
  ...moment('updatedAt', fields['updatedAt']),
})
