// What the room of people needs; of other rooms, only functions.
import type { Facts, GrantsFacts, Reach } from '@latchkey/core/access/facts'
import type { ParsedSecret } from '@latchkey/core/credentials/secret-format'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import type { Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Caller } from '../../guard/caller.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DrawId, RandomBytes } from '../../platform/random.ts'
import type { Commit } from '../../platform/store/commit.ts'
import type { DocumentFields, Reader, StoredDocument } from '../../platform/store/reader.ts'
import type { Write } from '../../platform/store/write.ts'

/** What somebody offers to a mailbox, or gives to a person. */
export interface Offer {
  readonly tenant: TenantId
  readonly role: string
  readonly reach: Reach
  readonly accounts: readonly TenantId[] | undefined
  readonly condition: string | undefined
  readonly until: Instant | undefined
  readonly reason: string | undefined
}

export interface Accepting extends Offer {
  readonly assignment: string
  readonly principal: PrincipalRef
  readonly displayName: string | undefined
  readonly grantedBy: PrincipalRef
  readonly newAccessId: string
  readonly now: Instant
}

export interface Planned {
  readonly writes: readonly Write[]
}

/** A key that gets another owner, or ends. */
export interface LeftKey {
  readonly tenant: TenantId
  readonly key: StoredDocument
  readonly now: Instant
}

export interface DirectoryDependencies {
  readonly clock: Clock
  readonly commit: Commit
  readonly drawId: DrawId
  readonly random: RandomBytes
  readonly read: Reader
  readonly loadFacts: (read: Reader, caller: Caller, tenant: TenantId) => Promise<Result<Facts, IamError>>
  /** The room of access: refuses an offer that makes no sense or exceeds what its maker holds there. */
  readonly checkOffer: (read: Reader, facts: Facts, offer: Offer, now: Instant) => Promise<Result<void, IamError>>
  /** The room of access: the writes of an accepted offer. */
  readonly planAccepted: (read: Reader, accepting: Accepting) => Promise<Result<Planned, IamError>>
  /** The caller with what they came with as it is now; undefined when it counts no more: a sign-in that was ended, a key that was revoked. */
  readonly stillCounts: (read: Reader, caller: Caller, now: Instant) => Promise<Caller | undefined>
  /** The room of access: what a grants document says, judged as every decision judges it. */
  readonly readGrants: (at: TenantId, principal: PrincipalRef, fields: DocumentFields | undefined) => GrantsFacts
  /** The room of credentials: the writes that end a key for good. */
  readonly endKey: (left: LeftKey) => Planned
  /** The room of credentials: the writes that give a key another owner; refused to whoever does not hold what it carries. */
  readonly handOverKey: (
    read: Reader,
    facts: Facts,
    left: LeftKey & { readonly owner: PrincipalRef },
  ) => Promise<Result<Planned, IamError>>
  /** The room of credentials: the stored fields behind a secret that matches, or undefined, in constant time. */
  readonly findSecret: (read: Reader, secret: ParsedSecret) => Promise<DocumentFields | undefined>
}
