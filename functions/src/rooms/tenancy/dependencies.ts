// What the room of tenants needs; of other rooms, only functions.

import type { Facts } from '@latchkey/core/access/facts'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import type { Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Caller } from '../../guard/caller.ts'
import type { Publish } from '../../platform/publish.ts'
import type { DrawId } from '../../platform/random.ts'
import type { Commit } from '../../platform/store/commit.ts'
import type { Project } from '../../platform/store/project.ts'
import type { Reader } from '../../platform/store/reader.ts'
import type { Write } from '../../platform/store/write.ts'

/** An invitation to own a tenant that is being founded; the room of the directory writes it. */
export interface OwnerInvitation {
  readonly tenant: TenantId
  readonly kind: 'agency' | 'account'
  readonly email: string
  readonly invitedBy: PrincipalRef
  readonly placementId: string
  readonly now: Instant
}

export interface PlannedInvitation {
  readonly invitation: string
  readonly secret: string
  readonly expiresAt: Instant
  readonly writes: readonly Write[]
}

export interface TenancyDependencies {
  readonly commit: Commit
  readonly project: Project
  readonly drawId: DrawId
  readonly read: Reader
  readonly publish: Publish
  readonly loadFacts: (read: Reader, caller: Caller, tenant: TenantId) => Promise<Result<Facts, IamError>>
  /** The caller as its credential is now, read inside a transaction; undefined when it counts no more. */
  readonly stillCounts: (read: Reader, caller: Caller, now: Instant) => Promise<Caller | undefined>
  readonly inviteOwner: (invitation: OwnerInvitation) => PlannedInvitation
  readonly headVersion: () => Promise<string>
}
