// What the guard needs from the platform and from rooms; `app.ts` puts it together.
import type { PlatformEnds } from '@latchkey/core/access/assembly/head'
import type { Facts } from '@latchkey/core/access/facts'
import type { ParsedSecret } from '@latchkey/core/credentials/secret-format'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Accounts } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { InvokerCheck } from '../platform/invoker.ts'
import type { Log } from '../platform/log.ts'
import type { DrawId, RandomBytes } from '../platform/random.ts'
import type { CheckSignedBody } from '../platform/signed-body.ts'
import type { Cache } from '../platform/store/cache.ts'
import type { NoteRead } from '../platform/store/note-read.ts'
import type { Operate } from '../platform/store/operate.ts'
import type { Reader } from '../platform/store/reader.ts'
import type { Buckets } from './buckets.ts'
import type { Caller } from './caller.ts'

/** A refusal of somebody who can see the tenant. */
export interface Denial {
  readonly tenant: TenantId
  readonly principal: string
  readonly credential: string
  readonly operation: string
  readonly permission: string | undefined
  readonly code: string
  readonly now: Instant
}

export interface GuardDependencies {
  readonly clock: Clock
  readonly drawId: DrawId
  readonly random: RandomBytes
  readonly log: Log
  readonly read: Reader
  readonly cache: Cache
  readonly operate: Operate
  readonly accounts: Accounts
  /** The room of access: what was ended on the whole platform, as of five seconds ago. */
  readonly platformEnds: () => Promise<PlatformEnds | undefined>
  readonly checkInvoker: InvokerCheck
  readonly checkSignedBody: CheckSignedBody
  /** The room of credentials: who is behind an API key; undefined for any key that does not count now. */
  readonly authenticateKey: (read: Reader, secret: ParsedSecret, now: Instant) => Promise<Caller | undefined>
  /** The room of credentials: who is behind an access token of ours; undefined for any that does not count now, rejected when that cannot be known. */
  readonly authenticateToken: (read: Reader, text: string, now: Instant) => Promise<Caller | undefined>
  /** The caller of an earlier authentication as its credential is now, read inside a transaction; undefined when it counts no more. */
  readonly stillCounts: (read: Reader, caller: Caller, now: Instant) => Promise<Caller | undefined>
  /** The room of access: the facts of a decision about `tenant`; not_found when there is no such tenant. */
  readonly loadFacts: (read: Reader, caller: Caller, tenant: TenantId) => Promise<Result<Facts, IamError>>
  readonly buckets: Buckets
  /** The room of credentials: takes one use out of a key's rate plan; answers the seconds to wait, or 0. */
  readonly takeUse: (caller: Caller, now: Instant) => number | Promise<number>
  /** Digests of credentials refused in the last two seconds. */
  readonly refused: RefusedCache
  /** The room of access: keeps what was refused to those who can see the tenant. */
  readonly noteDenial: (denial: Denial) => Promise<void>
  /** Keeps who has read what is not live. */
  readonly noteRead: NoteRead
  /** Called for calls that were let through with a key: feeds "last used". */
  readonly noteUse: (caller: Caller, now: Instant, address: string | undefined) => Promise<void>
}

export interface RefusedCache {
  readonly has: (digest: string) => boolean
  readonly add: (digest: string) => void
}
