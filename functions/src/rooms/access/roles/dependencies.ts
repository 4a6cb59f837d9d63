// What shaping roles, guardrails and catalogues needs.
import type { NodeFacts } from '@latchkey/core/access/facts'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Admitted } from '../../../guard/admitted.ts'
import type { Caller } from '../../../guard/caller.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { AccessDependencies } from '../dependencies.ts'

export interface ShapingDependencies
  extends Pick<AccessDependencies, 'commit' | 'read' | 'drawId' | 'loadFacts' | 'catalogues'> {
  /** The caller as its credential is now, read inside a transaction; undefined when it counts no more. */
  readonly stillCounts: (read: Reader, caller: Caller, now: Instant) => Promise<Caller | undefined>
  /** The room of credentials: how many keys would end, or have fewer scopes; undefined when they are not to be seen. */
  readonly countCapped: (
    read: Reader,
    asked: {
      readonly before: readonly NodeFacts[]
      readonly after: readonly NodeFacts[]
      readonly maySee: (chain: readonly NodeFacts[]) => boolean
      readonly now: Instant
    },
  ) => Promise<{ readonly ending: number; readonly narrowed: number; readonly complete: boolean } | undefined>
}

/** A dry run commits nothing that an idempotency key could find again. */
export const dryRunFault = ({ commit }: Pick<Admitted<unknown>, 'commit'>): IamError | undefined =>
  commit.claim === undefined
    ? undefined
    : iamError('invalid_request', {
        field: 'idempotencyKey',
        detail: 'A dry run changes nothing: send it without an idempotency key.',
      })
