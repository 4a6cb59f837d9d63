// A key that is asked about: of the tenant itself or of one above it, by its owner or by whoever may explain access where it lives.
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { KeyId, TenantId } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Admitted } from '../../../guard/admitted.ts'
import type { Caller } from '../../../guard/caller.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import { type AskedInput, type AskingDependencies, refusalOf } from './asked.ts'

/** The room of credentials: who a key stands for and what it carries; `counts` is false for one that has ended by itself. */
export type FindKey = (
  read: Reader,
  tenant: TenantId,
  key: KeyId,
  now: Admitted<unknown>['now'],
) => Promise<{ readonly caller: Caller; readonly counts: boolean } | undefined>

export interface KeyAskingDependencies extends AskingDependencies {
  readonly findKey: FindKey
}

/** What stands above is not shown to who works below: each tenant asks for the permission by itself. */
export const keyAsked = async (
  admitted: Admitted<AskedInput>,
  key: KeyId,
  { findKey }: Pick<KeyAskingDependencies, 'findKey'>,
): Promise<Result<Caller, IamError>> => {
  const { input, facts, read, caller, now } = admitted
  if (input.principal !== undefined)
    return err(iamError('invalid_request', { field: 'principal', detail: 'A key says by itself whose it is.' }))
  for (const [index, node] of facts.chain.entries()) {
    const found = await findKey(read, node.id, key, now)
    if (found === undefined) continue
    const own = caller.kind === 'session' && found.caller.principal === caller.principal
    const there = { ...admitted, facts: { ...facts, chain: facts.chain.slice(index) } }
    if (!own && refusalOf('iam.access.explain', there) !== undefined) break
    if (found.counts) return ok(found.caller)
    return err(iamError('conflict', { field: 'key', detail: 'This key has ended or is disabled: it may do nothing.' }))
  }
  return err(refusalOf('iam.access.explain', admitted) ?? iamError('not_found', { field: 'key' }))
}
