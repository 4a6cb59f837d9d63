// What the room of the audit log needs.
import type { SealKey } from '@latchkey/core/audit/verify/seals'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { Result } from '@latchkey/core/kernel/result'
import type { Clock } from '../../platform/clock.ts'
import type { Anchors } from '../../platform/cloud/anchors.ts'
import type { Log } from '../../platform/log.ts'
import type { Commit } from '../../platform/store/commit.ts'
import type { Operate } from '../../platform/store/operate.ts'
import type { Reader } from '../../platform/store/reader.ts'

export interface SealingDependencies {
  readonly read: Reader
  readonly operate: Operate
  /** Signs inside KMS, with the active key for seals. */
  readonly sign: (bytes: Uint8Array) => Promise<Result<Signed, IamError>>
  readonly anchors: Anchors
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
