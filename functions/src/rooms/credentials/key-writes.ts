// What a new key writes: metadata for people, and beside it the credential with the hash, for the server only.
import type { CredentialId, TenantId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import type { Instant } from '@latchkey/core/kernel/time'
import { sha256 } from '../../platform/seal.ts'
import { type DocumentFields, timestampOf } from '../../platform/store/reader.ts'
import type { Write } from '../../platform/store/write.ts'
import { credentialPath } from './find-secret.ts'
import { keyPath } from './key-document.ts'

export interface NewKey {
  readonly key: string
  readonly credential: CredentialId
  readonly secret: string
  readonly tenant: TenantId
  readonly agency: TenantId | undefined
  readonly name: string
  readonly owner: PrincipalRef
  readonly scopes: readonly string[]
  /** Account → its placement now. */
  readonly accounts: ReadonlyMap<string, string> | undefined
  /** See `KeyFacts`. */
  readonly placement: string | undefined
  readonly ownScopes: ReadonlyMap<string, string>
  readonly catalogueVersion: string
  readonly notAfter: Instant
  readonly hint: string
  readonly createdBy: PrincipalRef
  readonly now: Instant
}

export const keyWrites = (key: NewKey): { readonly writes: readonly Write[]; readonly shown: DocumentFields } => {
  const shared = {
    owner: key.owner,
    scopes: key.scopes,
    catalogueVersion: key.catalogueVersion,
    status: 'active',
    notAfter: timestampOf(key.notAfter),
    createdAt: timestampOf(key.now),
  }
  const shown = {
    ...shared,
    ...(key.accounts === undefined ? {} : { accounts: [...key.accounts.keys()] }),
    name: key.name,
    hint: key.hint,
    createdBy: key.createdBy,
    credential: key.credential,
  }
  const hidden = {
    ...shared,
    ...(key.accounts === undefined ? {} : { accounts: Object.fromEntries(key.accounts) }),
    ...(key.placement === undefined ? {} : { placement: key.placement }),
    ...(key.ownScopes.size === 0 ? {} : { ownScopes: Object.fromEntries(key.ownScopes) }),
    kind: 'api',
    hash: sha256(key.secret),
    key: key.key,
    tenant: key.tenant,
    ...(key.agency === undefined ? {} : { agency: key.agency }),
  }
  return {
    shown,
    writes: [
      { kind: 'create', path: keyPath(key.tenant, key.key), fields: shown },
      { kind: 'create', path: credentialPath(key.credential), fields: hidden },
    ],
  }
}
