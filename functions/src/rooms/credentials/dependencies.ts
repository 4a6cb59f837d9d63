// What the room of credentials needs.
import type { Facts } from '@latchkey/core/access/facts'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { Result } from '@latchkey/core/kernel/result'
import type { Caller } from '../../guard/caller.ts'
import type { GuardDependencies } from '../../guard/dependencies.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DrawId, RandomBytes } from '../../platform/random.ts'
import type { Commit } from '../../platform/store/commit.ts'
import type { Reader } from '../../platform/store/reader.ts'
import type { NoteUse } from './use/note-use.ts'

export interface CredentialsDependencies {
  readonly clock: Clock
  readonly commit: Commit
  readonly drawId: DrawId
  readonly random: RandomBytes
  readonly read: Reader
  readonly loadFacts: (read: Reader, caller: Caller, tenant: TenantId) => Promise<Result<Facts, IamError>>
  readonly stillCounts: GuardDependencies['stillCounts']
  readonly noteUse: NoteUse
  /** The room of access: keeps what a credential was refused, for its owner. */
  readonly noteDenial: GuardDependencies['noteDenial']
  /** The guard's own, so that a key's plan is one for all its uses. */
  readonly takeUse: GuardDependencies['takeUse']
}
