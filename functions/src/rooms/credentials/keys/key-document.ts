// `tenants/{T}/apiKeys/{K}` is a key as people see it, without hash, secret or address; beside it one `credentials/{id}` for each secret.
import { type RatePlan, ratePlan } from '@latchkey/core/credentials/rate-plan'
import { keyStatus, type Rotation, runningRotation } from '@latchkey/core/credentials/rotation'
import { type CredentialId, isKeyId, type KeyId, type TenantId } from '@latchkey/core/kernel/ids'
import { type Instant, instantOf, toIso } from '@latchkey/core/kernel/time'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'
import { credentialPath } from '../use/find-secret.ts'

export const keyPath = (tenant: TenantId, key: string): string => `tenants/${tenant}/apiKeys/${key}`

export interface StoredSecret {
  readonly id: CredentialId
  readonly fields: DocumentFields
}

/** A key in all its documents. */
export interface StoredKey {
  readonly tenant: TenantId
  readonly key: KeyId
  readonly shown: DocumentFields
  /** What `createKey` or the last rotation made. */
  readonly current: StoredSecret
  /** The secret before, from the rotation on until the next change tidies it up. */
  readonly old: StoredSecret | undefined
}

/** Undefined when there is no such key here, or it is not whole. */
export const readStoredKey = async (read: Reader, tenant: TenantId, key: KeyId): Promise<StoredKey | undefined> => {
  const [shown] = await read.getAll([keyPath(tenant, key)])
  if (shown === undefined) return undefined
  const ids = secretsIn(shown)
  const found = await read.getAll(ids.map(credentialPath))
  const [current, old] = ids.map((id, index) => ({ id, fields: found[index] }))
  if (current?.fields === undefined) return undefined
  return {
    tenant,
    key,
    shown,
    current: { id: current.id, fields: current.fields },
    old: old?.fields === undefined ? undefined : { id: old.id, fields: old.fields },
  }
}

/** The ids of a key's secrets, the newest first. */
export const secretsIn = (shown: DocumentFields): readonly CredentialId[] => {
  const ids = [shown['credential'], rotationIn(shown)?.old].filter((id) => id !== undefined)
  return ids.map((id) => String(id) as CredentialId) // written by us alone
}

export const rotationIn = (shown: DocumentFields): Rotation | undefined => {
  const stored = shown['rotation'] as DocumentFields | undefined // written by rotate-key
  if (stored === undefined) return undefined
  return {
    old: String(stored['old']),
    oldHint: String(stored['oldHint']),
    startedAt: instantIn(stored['startedAt']) ?? instantOf(0),
    endsAt: instantIn(stored['endsAt']) ?? instantOf(0),
  }
}

const iso = (value: unknown): string => {
  const at = instantIn(value)
  return at === undefined ? '' : toIso(at)
}

const optionalIso = <Name extends string>(name: Name, value: unknown): { readonly [key in Name]?: string } =>
  (instantIn(value) === undefined ? {} : { [name]: iso(value) }) as { readonly [key in Name]?: string } // a computed key widens to string

const planIn = (value: unknown): RatePlan | undefined => {
  const plan = ratePlan.safeParse(value)
  return plan.success ? plan.data : undefined
}

const rotationView = (fields: DocumentFields, now: Instant) => {
  const running = runningRotation(rotationIn(fields), now)
  if (running === undefined) return {}
  return {
    rotation: {
      startedAt: toIso(running.startedAt),
      endsAt: toIso(running.endsAt),
      oldHint: running.oldHint,
      ...optionalIso('oldLastUsedAt', fields['previousUsedAt']),
      ...optionalIso('newLastUsedAt', fields['lastUsedAt']),
    },
  }
}

/** Of either secret. */
const lastUse = (fields: DocumentFields) => {
  const [current, previous] = [instantIn(fields['lastUsedAt']), instantIn(fields['previousUsedAt'])]
  const last = previous === undefined || (current !== undefined && current > previous) ? current : previous
  return last === undefined ? {} : { lastUsedAt: toIso(last) }
}

export const keyViewOf = (tenant: TenantId, key: string, fields: DocumentFields, now: Instant) => {
  const rate = planIn(fields['rate'])
  return {
    key: key as KeyId, // the document's own id
    tenant,
    name: String(fields['name']),
    owner: String(fields['owner']),
    scopes: Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : [],
    ...(Array.isArray(fields['accounts']) ? { accounts: fields['accounts'] as TenantId[] } : {}), // written by createKey
    status: keyStatus(fields['status'], instantIn(fields['notAfter']), now),
    hint: String(fields['hint']),
    createdAt: iso(fields['createdAt']),
    createdBy: String(fields['createdBy']),
    ...(isKeyId(String(fields['madeBy'])) ? { madeBy: fields['madeBy'] as KeyId } : {}), // just seen
    expiresAt: iso(fields['notAfter']),
    ...(rate === undefined ? {} : { rate }),
    ...lastUse(fields),
    ...rotationView(fields, now),
  }
}

/** By secret: when and from where it was last used. */
export type Uses = ReadonlyMap<string, DocumentFields | undefined>

/** Whoever may see one key sees where its secrets were used from; lists do not say. */
export const keyDetailsOf = ({ tenant, key, shown, current, old }: StoredKey, uses: Uses, now: Instant) => {
  const running = runningRotation(rotationIn(shown), now) !== undefined
  const addresses = current.fields['addresses']
  return {
    ...keyViewOf(tenant, key, shown, now),
    ...(Array.isArray(addresses) ? { allowedAddresses: addresses.map(String) } : {}),
    secrets: [
      secretViewOf(uses.get(current.id), shown['hint']),
      ...(old === undefined || !running ? [] : [secretViewOf(uses.get(old.id), rotationIn(shown)?.oldHint)]),
    ],
  }
}

const secretViewOf = (use: DocumentFields | undefined, hint: unknown) => ({
  hint: String(hint),
  ...optionalIso('lastUsedAt', use?.['lastUsedAt']),
  ...(typeof use?.['lastAddress'] === 'string' ? { lastAddress: use['lastAddress'] } : {}),
})
