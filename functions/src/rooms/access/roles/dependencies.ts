// What shaping roles, guardrails and catalogues needs, and how it asks again inside a transaction.
import { decide } from '@latchkey/core/access/decide'
import { errorOf } from '@latchkey/core/access/decision'
import type { Facts } from '@latchkey/core/access/facts'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Admitted } from '../../../guard/admitted.ts'
import type { Caller } from '../../../guard/caller.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { AccessDependencies } from '../dependencies.ts'

export interface ShapingDependencies
  extends Pick<AccessDependencies, 'commit' | 'read' | 'drawId' | 'loadFacts' | 'catalogues'> {
  /** Whether the credential of an earlier authentication still counts, read inside a transaction. */
  readonly stillCounts: (read: Reader, caller: Caller, now: Instant) => Promise<boolean>
}

type Asking = Pick<Admitted<unknown>, 'caller' | 'tenant' | 'now' | 'request'>

/** The caller's facts there now, for what does not mint and is therefore not decided again by the guard. */
export const freshFacts = async (
  read: Reader,
  asking: Asking,
  permission: string,
  { loadFacts, stillCounts }: Pick<ShapingDependencies, 'loadFacts' | 'stillCounts'>,
): Promise<Result<Facts, IamError>> => {
  if (!(await stillCounts(read, asking.caller, asking.now))) return err(iamError('invalid_token'))
  const facts = await loadFacts(read, asking.caller, asking.tenant)
  if (!facts.ok) return facts
  const refusal = refusalOf(facts.value, permission, asking)
  return refusal === undefined ? facts : err(refusal)
}

export const refusalOf = (
  facts: Facts,
  permission: string,
  { request, now }: Pick<Asking, 'request' | 'now'>,
): IamError | undefined => errorOf(decide({ permission, resource: {}, action: {}, request }, facts, now))

/** A dry run commits nothing that an idempotency key could find again. */
export const dryRunFault = ({ commit }: Pick<Admitted<unknown>, 'commit'>): IamError | undefined =>
  commit.claim === undefined
    ? undefined
    : iamError('invalid_request', {
        field: 'idempotencyKey',
        detail: 'A dry run changes nothing: send it without an idempotency key.',
      })
