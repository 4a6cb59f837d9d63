// What the room of the audit log needs.
import type { SealKey } from '@latchkey/core/audit/verify/seals'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Clock } from '../../platform/clock.ts'
import type { Anchors } from '../../platform/cloud/anchors.ts'
import type { Log } from '../../platform/log.ts'
import type { Commit } from '../../platform/store/commit.ts'
import type { Operate } from '../../platform/store/operate.ts'
import type { Reader } from '../../platform/store/reader.ts'

export interface SealingDependencies {
  readonly read: Reader
  readonly operate: Operate
  /** Signs inside KMS, with the key for seals that is active at that moment. */
  readonly sign: (bytes: Uint8Array) => Promise<Result<Signed, IamError>>
  /** Every key that a seal may be signed by, as this reader sees them. */
  readonly sealKeys: (read: Reader) => Promise<readonly SealKey[]>
  /** The public half of a key of the ring, as KMS has it; undefined for one that is none of KMS. */
  readonly keyInKms: (kid: string) => Promise<object | undefined>
  readonly anchors: Anchors
  /** A sentence when the clock of this instance is wrong. */
  readonly clockFault: (now: Instant) => Promise<string | undefined>
  readonly clock: Clock
  readonly log: Log
}

interface Signed {
  readonly kid: string
  readonly signature: Uint8Array
}

export interface ReadingDependencies {
  readonly read: Reader
  readonly commit: Commit
  readonly anchors: Anchors
  /** Every key that a seal may be signed by. */
  readonly sealKeys: () => Promise<readonly SealKey[]>
  readonly clock: Clock
  readonly log: Log
}
