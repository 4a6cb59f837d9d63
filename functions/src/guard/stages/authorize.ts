// Stage 4: the declared permission at that tenant, decided by the one evaluator; for what mints, again inside the transaction.
import { decide } from '@latchkey/core/access/decide'
import { errorOf } from '@latchkey/core/access/decision'
import type { Facts } from '@latchkey/core/access/facts'
import type { AuditActor } from '@latchkey/core/audit/event'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { type OpId, prefixes } from '@latchkey/core/kernel/ids'
import { invariant } from '@latchkey/core/kernel/invariant'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Reader } from '../../platform/store/reader.ts'
import type { Caller } from '../caller.ts'
import type { GuardDependencies } from '../dependencies.ts'
import type { Passage, StageResult } from '../passage.ts'
import { requestAttributes } from '../request-attributes.ts'

export const authorize = (passage: Passage, dependencies: GuardDependencies): StageResult => {
  const { definition, caller } = passage
  if (caller === undefined) return 'public' in definition.access ? ok('next') : err(iamError('invalid_token'))
  if ('permission' in definition.access) {
    invariant(passage.facts !== undefined, 'a permission is decided on facts')
    const refusal = ask(passage, passage.facts, definition.access.permission)
    if (refusal !== undefined) return err(refusal)
  }
  passage.commit = {
    opId: dependencies.drawId(prefixes.op) as OpId, // the cast names what was just drawn
    requestId: passage.requestId,
    now: passage.now,
    actor: actorOf(caller),
    recheck: recheckOf(passage, dependencies),
    claim: undefined,
  }
  return ok('next')
}

const actorOf = ({ principal, credential, token }: Caller): AuditActor => ({
  principal,
  credential,
  ...(token === undefined ? {} : { token }),
})

const ask = (passage: Passage, facts: Facts, permission: string): IamError | undefined =>
  errorOf(decide({ permission, resource: {}, action: {}, request: requestAttributes(passage) }, facts, passage.now))

/** Power that is made must still be there when it is made: the facts are read again under the transaction's locks. */
const recheckOf = (passage: Passage, dependencies: GuardDependencies) => {
  const { definition, caller, tenant, facts } = passage
  if (!('permission' in definition.access) || caller === undefined || tenant === undefined) return undefined
  const { permission } = definition.access
  if (facts?.head.permissionByName.get(permission)?.mints !== true) return undefined
  return async (read: Reader): Promise<Result<void, IamError>> => {
    const present = await dependencies.stillCounts(read, caller, passage.now)
    if (present === undefined) return err(iamError('invalid_token'))
    const fresh = await dependencies.loadFacts(read, present, tenant)
    if (!fresh.ok) return fresh
    const refusal = ask(passage, fresh.value, permission)
    return refusal === undefined ? ok(undefined) : err(refusal)
  }
}
