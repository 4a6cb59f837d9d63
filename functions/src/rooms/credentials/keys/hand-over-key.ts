// What becomes of a key whose owner leaves: it ends, or goes on under another owner, never wider than whoever hands it over.
import type { Facts } from '@latchkey/core/access/facts'
import { missingFor } from '@latchkey/core/access/held'
import { usableScopes } from '@latchkey/core/access/meaning/scopes'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import { type DocumentFields, type Reader, type StoredDocument, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import { credentialPath } from '../use/find-secret.ts'
import { keyPath, secretsIn } from './key-document.ts'
import { extentOf } from './key-power.ts'

interface LeftKey {
  readonly tenant: TenantId
  readonly key: StoredDocument
  readonly now: Instant
}

interface Planned {
  readonly writes: readonly Write[]
}

/** The same fields in the key that people see and in every credential of it that is checked. */
const everywhere = ({ tenant, key }: LeftKey, fields: DocumentFields): Planned => {
  const secrets = secretsIn(key.fields)
  return {
    writes: [
      { kind: 'update', path: keyPath(tenant, key.id), fields },
      ...secrets.map((id): Write => ({ kind: 'update', path: credentialPath(id), fields })),
    ],
  }
}

export const endKey = (left: LeftKey): Planned =>
  everywhere(left, { status: 'revoked', revokedAt: timestampOf(left.now) })

export const handOverKey = async (
  read: Reader,
  facts: Facts,
  left: LeftKey & { readonly owner: PrincipalRef },
): Promise<Result<Planned, IamError>> => {
  const [credential] = await read.getAll([credentialPath(String(left.key.fields['credential']))])
  const { scopes, accounts, notAfter } = extentOf(credential ?? {})
  const placements = accounts ?? new Map<string, string>()
  const gift = {
    permissions: usableScopes(facts, scopes),
    reach: accounts === undefined ? ('subtree' as const) : ('listed' as const),
    accounts: [...placements.keys()],
    until: notAfter,
  }
  const missing = missingFor(facts, gift, left.now, placements)
  return missing.length === 0
    ? ok(everywhere(left, { owner: left.owner }))
    : err(iamError('grant_exceeds_grantor', { field: 'keys', missing }))
}
