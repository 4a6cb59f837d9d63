// What a handler gets: proof that every stage was passed, with what the stages found out.
import type { AttributeMap, Facts } from '@latchkey/core/access/facts'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { Instant } from '@latchkey/core/kernel/time'
import type { CommitContext } from '../platform/store/commit.ts'
import type { Reader } from '../platform/store/reader.ts'
import type { Caller } from './caller.ts'

declare const admitted: unique symbol

/** Proof that a call passed every stage: only the pipeline makes one, and only handlers take one. */
export interface Admitted<Input> {
  readonly [admitted]: true
  readonly input: Input
  readonly caller: Caller
  /** Facts at the call's tenant; throws when the definition names none. */
  readonly facts: Facts
  readonly tenant: TenantId
  readonly now: Instant
  /** What this call reads with; a write reads again inside its transaction. */
  readonly read: Reader
  readonly requestId: string
  /** For questions of the handler's own: what conditions may know of this request. */
  readonly request: AttributeMap
  readonly commit: CommitContext
}
