// The frame of every change to one stored key: read it in the transaction, ask the permission once more, plan, answer with the key as it is then.
import type { Facts } from '@latchkey/core/access/facts'
import type { AuditEvent } from '@latchkey/core/audit/event'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { KeyId, TenantId } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Admitted } from '../../../guard/admitted.ts'
import type { Caller } from '../../../guard/caller.ts'
import { freshCaller } from '../../../guard/fresh-facts.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { keyViewOf, readStoredKey, type StoredKey } from './key-document.ts'

export type KeyAdmitted = Admitted<{
  readonly tenant: TenantId
  readonly key: KeyId
  readonly reason?: string | undefined
}>

export interface Ground {
  readonly read: Reader
  /** Of whoever changes it, at its tenant, now. */
  readonly facts: Facts
  /** As their key is now. */
  readonly caller: Caller
  readonly stored: StoredKey
}

export interface PlannedChange {
  /** First the document that people see, then those of its secrets; none when nothing is to be changed. */
  readonly writes: readonly Write[]
  readonly event: Pick<AuditEvent, 'type' | 'details'>
}

type Dependencies = Pick<CredentialsDependencies, 'loadFacts' | 'stillCounts'>

/** `plan` for `commit`; `decide` may run again and has no side effects. */
export const changing =
  (
    admitted: KeyAdmitted,
    permission: string,
    dependencies: Dependencies,
    decide: (ground: Ground) => Promise<Result<PlannedChange, IamError>> | Result<PlannedChange, IamError>,
  ) =>
  async (read: Reader) => {
    const { tenant, input, now } = admitted
    const fresh = await freshCaller(read, admitted, permission, dependencies)
    if (!fresh.ok) return fresh
    const stored = await readStoredKey(read, tenant, input.key)
    if (stored === undefined) return err(iamError('not_found'))
    const planned = await decide({ read, stored, ...fresh.value })
    if (!planned.ok) return planned
    const { writes, event } = planned.value
    const [first] = writes
    const shown = first?.kind === 'set' ? first.fields : stored.shown
    return ok({
      writes,
      event: {
        ...event,
        targets: [`key:${input.key}`, String(stored.shown['owner'])],
        ...(input.reason === undefined ? {} : { reason: input.reason }),
      },
      outcome: keyViewOf(tenant, input.key, shown, now),
    })
  }

export const stateFault = (detail: string): Result<never, IamError> => err(iamError('conflict', { detail }))
