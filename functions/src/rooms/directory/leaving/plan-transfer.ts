// What a transfer would do: each thing that the leaving person has at the tenant, and what becomes of it.
import { policyPath } from '@latchkey/core/access/assembly/documents'
import { carriedEntry } from '@latchkey/core/access/assembly/token-facts'
import type { Facts } from '@latchkey/core/access/facts'
import { maxTransferred } from '@latchkey/core/directory/contract/leaving'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { TenantId, UserId } from '@latchkey/core/kernel/ids'
import { idOf, type PrincipalRef, userRef } from '@latchkey/core/kernel/principal'
import { ok, type Result } from '@latchkey/core/kernel/result'
import { type Instant, isOver } from '@latchkey/core/kernel/time'
import {
  type DocumentFields,
  instantIn,
  type Reader,
  type StoredDocument,
  timestampOf,
} from '../../../platform/store/reader.ts'
import type { DirectoryDependencies, Planned } from '../dependencies.ts'
import { deadSecret, invitationPath } from '../invitations/plan-invitation.ts'
import { grantsPath, isActivePerson } from '../members/member-state.ts'

export interface Transfer {
  readonly tenant: TenantId
  readonly user: UserId
  readonly by: PrincipalRef
  /** The service account that gets the keys; undefined when they end. */
  readonly keysTo: PrincipalRef | undefined
  readonly resourcesTo: PrincipalRef | undefined
  readonly now: Instant
}

interface Left {
  readonly what: 'key' | 'invitation' | 'resource'
  readonly document: StoredDocument
}

export interface PlannedTransfer extends Planned {
  readonly moved: number
  readonly revoked: number
  readonly remaining: boolean
}

/** As much as one call takes, and one more when there is more. What is done with a thing takes it out of these lists. */
export const readLeft = async (read: Reader, { tenant, user, resourcesTo }: Transfer): Promise<readonly Left[]> => {
  const limit = maxTransferred + 1
  const owner = userRef(user)
  const found = await Promise.all([
    read.list({ collection: `tenants/${tenant}/apiKeys`, where: { owner, status: 'active' }, limit }),
    read.list({ collection: `tenants/${tenant}/apiKeys`, where: { owner, status: 'disabled' }, limit }),
    read.list({ collection: `tenants/${tenant}/invitations`, where: { invitedBy: owner, status: 'pending' }, limit }),
    resourcesTo === undefined
      ? []
      : read.list({ collection: `tenants/${tenant}/resources`, where: { ownerId: user }, limit }),
  ])
  const kinds = ['key', 'key', 'invitation', 'resource'] as const
  return kinds.flatMap((what, index) => (found[index] ?? []).map((document) => ({ what, document })))
}

export const planTransfer = async (
  read: Reader,
  facts: Facts,
  transfer: Transfer,
  dependencies: DirectoryDependencies,
): Promise<Result<PlannedTransfer, IamError>> => {
  const left = await readLeft(read, transfer)
  const ended = await endsOf(read, facts, transfer)
  const planned: (Planned & { readonly to: 'moved' | 'revoked' })[] = []
  for (const { what, document } of left.slice(0, maxTransferred)) {
    if (what === 'key') {
      const key = { tenant: transfer.tenant, key: document, now: transfer.now }
      const owner = ended === 'all' || isDead(document.fields, ended, transfer.now) ? undefined : transfer.keysTo
      if (owner === undefined) planned.push({ ...dependencies.endKey(key), to: 'revoked' })
      else {
        const handed = await dependencies.handOverKey(read, facts, { ...key, owner })
        if (!handed.ok) return handed
        planned.push({ ...handed.value, to: 'moved' })
      }
    } else if (what === 'invitation') planned.push({ ...withdrawn(document, transfer), to: 'revoked' })
    else planned.push({ ...movedResource(document, transfer), to: 'moved' })
  }
  return ok({
    writes: planned.flatMap(({ writes }) => writes),
    moved: planned.filter(({ to }) => to === 'moved').length,
    revoked: planned.filter(({ to }) => to === 'revoked').length,
    remaining: left.length > maxTransferred,
  })
}

/**
 * When the keys of the leaving person ended in bulk, here or above, or at an agency that the account has left: a key that died then
 * never lives again, under no owner. `all` while they are suspended, here, above or everywhere: under another owner, a key would come alive for whoever knows its secret.
 */
const endsOf = async (read: Reader, facts: Facts, { user }: Transfer): Promise<'all' | readonly unknown[]> => {
  const chain = facts.chain.map(({ id }) => id)
  const [person, ...found] = await read.getAll([
    `users/${user}`,
    ...chain.map((id) => grantsPath(id, userRef(user))),
    ...chain.map(policyPath),
  ])
  const grants = found.slice(0, chain.length)
  const carried = found.slice(chain.length).map((policy) => carriedEntry(policy, userRef(user)))
  if (!isActivePerson(person) || grants.some((fields) => fields?.['status'] === 'suspended')) return 'all'
  return [...grants, ...carried].map((fields) => fields?.['keysNotBefore']).filter((end) => end !== undefined)
}

const isDead = (fields: DocumentFields, ends: readonly unknown[], now: Instant): boolean => {
  const madeAt = instantIn(fields['createdAt'])
  const endsBefore = (end: unknown): boolean => {
    const at = instantIn(end)
    return at === undefined || madeAt === undefined || madeAt <= at
  }
  return isOver(instantIn(fields['notAfter']), now) || ends.some(endsBefore)
}

const withdrawn = ({ id, fields }: StoredDocument, { tenant, by, now }: Transfer): Planned => ({
  writes: [
    {
      kind: 'update',
      path: invitationPath(tenant, id),
      fields: { status: 'revoked', revokedBy: by, revokedAt: timestampOf(now) },
    },
    deadSecret(fields),
  ],
})

const movedResource = ({ id }: StoredDocument, { tenant, resourcesTo }: Transfer): Planned => ({
  writes: [
    {
      kind: 'update',
      path: `tenants/${tenant}/resources/${id}`,
      fields: { ownerId: resourcesTo === undefined ? '' : idOf(resourcesTo) },
    },
  ],
})
