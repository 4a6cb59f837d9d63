// Grants as they are stored: the shared judgement, with the database's own moments.
import { type DocumentFields, readGrants as judge } from '@latchkey/core/access/assembly/documents'
import type { GrantsFacts } from '@latchkey/core/access/facts'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import { instantIn } from '../../../platform/store/reader.ts'

export const readGrants = (at: TenantId, principal: PrincipalRef, fields: DocumentFields | undefined): GrantsFacts =>
  judge(at, principal, fields, instantIn)
