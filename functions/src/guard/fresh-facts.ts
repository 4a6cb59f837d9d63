// The permission of a call, decided once more on facts read inside the transaction: power may have gone since the call was admitted.
import { decide } from '@latchkey/core/access/decide'
import { errorOf } from '@latchkey/core/access/decision'
import type { AttributeMap, Facts } from '@latchkey/core/access/facts'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Reader } from '../platform/store/reader.ts'
import type { Caller } from './caller.ts'
import type { GuardDependencies } from './dependencies.ts'

export interface Asking {
  readonly tenant: TenantId
  readonly caller: Caller
  readonly now: Instant
  readonly request: AttributeMap
}

/** The caller's facts there now; refused as the guard would refuse who does not hold `permission` any more. For what mints, the guard asks by itself. */
export const freshFacts = async (
  read: Reader,
  asking: Asking,
  permission: string,
  dependencies: Pick<GuardDependencies, 'loadFacts' | 'stillCounts'>,
): Promise<Result<Facts, IamError>> => {
  const fresh = await freshCaller(read, asking, permission, dependencies)
  return fresh.ok ? ok(fresh.value.facts) : fresh
}

/** The same for whoever passes more on than facts say: the caller, too, is as their key is now. */
export const freshCaller = async (
  read: Reader,
  asking: Asking,
  permission: string,
  { loadFacts, stillCounts }: Pick<GuardDependencies, 'loadFacts' | 'stillCounts'>,
): Promise<Result<{ readonly facts: Facts; readonly caller: Caller }, IamError>> => {
  const caller = await stillCounts(read, asking.caller, asking.now)
  if (caller === undefined) return err(iamError('invalid_token'))
  const facts = await loadFacts(read, caller, asking.tenant)
  if (!facts.ok) return facts
  const refusal = refusalOf(facts.value, permission, asking)
  return refusal === undefined ? ok({ facts: facts.value, caller }) : err(refusal)
}

export const refusalOf = (
  facts: Facts,
  permission: string,
  { request, now }: Pick<Asking, 'request' | 'now'>,
): IamError | undefined => errorOf(decide({ permission, resource: {}, action: {}, request }, facts, now))

export const mayNow = (facts: Facts, permission: string, asking: Pick<Asking, 'request' | 'now'>): boolean =>
  refusalOf(facts, permission, asking) === undefined
