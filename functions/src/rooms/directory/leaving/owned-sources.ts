// Where the things of a person are found, one source a kind; each answers a page of what is still alive.
import type { OwnedKind, ownedView } from '@latchkey/core/directory/contract/leaving'
import type { TenantId, UserId } from '@latchkey/core/kernel/ids'
import { userRef } from '@latchkey/core/kernel/principal'
import { type Instant, isOver } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'
import { invitationStatus } from '../invitations/invitation-document.ts'
import { memberPath, teamsOf } from '../members/member-state.ts'
import { type Page, scanPage } from '../scan-page.ts'
import { teamPath } from '../teams/team-document.ts'

export type Owned = z.output<typeof ownedView>
type Source = (after: string | undefined, limit: number) => Promise<Page<Owned>>

export interface Owner {
  readonly tenant: TenantId
  readonly user: UserId
  readonly now: Instant
}

const isLiveKey = (fields: DocumentFields, now: Instant): boolean =>
  fields['status'] !== 'revoked' && !isOver(instantIn(fields['notAfter']), now)

export const ownedSources = (read: Reader, owner: Owner): Readonly<Record<OwnedKind, Source>> => ({
  apiKey: keysOf(read, owner),
  invitation: invitationsOf(read, owner),
  resource: resourcesOf(read, owner),
  team: teamsSource(read, owner),
})

const keysOf =
  (read: Reader, { tenant, user, now }: Owner): Source =>
  (after, limit) =>
    scanPage<Owned>({
      limit,
      after,
      filtered: true,
      batch: (from, size) =>
        read.list({
          collection: `tenants/${tenant}/apiKeys`,
          where: { owner: userRef(user) },
          ...(from === undefined ? {} : { after: from }),
          limit: size,
        }),
      show: async (found) =>
        found.map(({ id, fields }) =>
          isLiveKey(fields, now) ? { kind: 'apiKey', id, label: String(fields['name']) } : undefined,
        ),
    })

const invitationsOf =
  (read: Reader, { tenant, user, now }: Owner): Source =>
  (after, limit) =>
    scanPage<Owned>({
      limit,
      after,
      filtered: true,
      batch: (from, size) =>
        read.list({
          collection: `tenants/${tenant}/invitations`,
          where: { invitedBy: userRef(user), status: 'pending' },
          ...(from === undefined ? {} : { after: from }),
          limit: size,
        }),
      show: async (found) =>
        found.map(({ id, fields }) =>
          invitationStatus(fields, now) === 'pending'
            ? { kind: 'invitation', id, label: String(fields['role']) }
            : undefined,
        ),
    })

const resourcesOf =
  (read: Reader, { tenant, user }: Owner): Source =>
  (after, limit) =>
    scanPage<Owned>({
      limit,
      after,
      filtered: false,
      batch: (from, size) =>
        read.list({
          collection: `tenants/${tenant}/resources`,
          where: { ownerId: user },
          ...(from === undefined ? {} : { after: from }),
          limit: size,
        }),
      show: async (found) =>
        found.map(({ id, fields }) => ({
          kind: 'resource',
          id,
          label: `${String(fields['type'])}/${String(fields['id'])}`,
        })),
    })

/** At most fifty, so they are one page by themselves; teams that are gone are left out. */
const teamsSource =
  (read: Reader, { tenant, user }: Owner): Source =>
  async (after, limit) => {
    const [member] = await read.getAll([memberPath(tenant, user)])
    const ids = teamsOf(member ?? {})
      .toSorted()
      .filter((id) => after === undefined || id > after)
    const found = await read.getAll(ids.map((id) => teamPath(tenant, id)))
    const items = ids.flatMap((id, index): Owned[] => {
      const fields = found[index]
      return fields === undefined ? [] : [{ kind: 'team', id, label: String(fields['name']) }]
    })
    const shown = items.slice(0, limit)
    return { items: shown, last: items.length > limit ? shown.at(-1)?.id : undefined }
  }
