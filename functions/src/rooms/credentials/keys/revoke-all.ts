// `apiKeys/revokeAll`: ends every key of an owner or of a tenant by one entry; whatever was made until then is dead, and stays dead.
import { grantsPath, policyPath } from '@latchkey/core/access/assembly/documents'
import { revokeAllInput, revokeAllOutput } from '@latchkey/core/credentials/contract'
import { iamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { idOf, namedRef, type PrincipalRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import { type Instant, instantOf, toIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import { inTime } from '../../../platform/in-time.ts'
import { instantIn, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import { type LivingKeys, livingKeys } from '../counts/living-keys.ts'
import type { CredentialsDependencies } from '../dependencies.ts'

type Input = z.output<typeof revokeAllInput>

const permission = 'iam.apiKeys.revoke'

export const revokeAll = (dependencies: CredentialsDependencies) =>
  operation({
    group: 'apiKeys',
    name: 'revokeAll',
    summary: 'Ends all keys of an owner at a tenant, or of a tenant and all below it, in one write.',
    input: revokeAllInput,
    output: revokeAllOutput,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: (admitted) => end(admitted, dependencies),
  })

const end = async (admitted: Admitted<Input>, dependencies: CredentialsDependencies) => {
  const { input, tenant, now } = admitted
  if (input.dryRun === true && admitted.commit.claim !== undefined) {
    const detail = 'A dry run changes nothing: send it without an idempotency key.'
    return err(iamError('invalid_request', { field: 'idempotencyKey', detail }))
  }
  const owner = input.owner === undefined ? undefined : namedRef(input.owner)
  if (owner !== undefined && !(await isKnown(dependencies.read, tenant, owner)))
    return err(iamError('not_found', { field: 'owner' }))
  // Counted for people; the entry ends as many as there are, and waits for no count.
  const chain = admitted.facts.chain.map(({ id }) => id)
  const counted = livingKeys(dependencies.read, { chain, tenant, owner, now })
  const living = await (input.dryRun === true ? counted : orNone(counted))
  const told = { keys: living.keys.length, complete: living.complete }
  if (input.dryRun === true) return ok({ ...told, notBefore: toIso(now), saved: false })
  return dependencies.commit(admitted.commit, {
    tenant,
    plan: async (read) => {
      // Of this moment, not of the call's beginning: what committed before is older, and what commits later meets the entry.
      const now = dependencies.clock()
      const facts = await freshFacts(read, admitted, permission, dependencies)
      if (!facts.ok) return facts
      const path = owner === undefined ? policyPath(tenant) : grantsPath(tenant, owner)
      const [before] = await read.getAll([path])
      return ok({
        writes: [endWrite(path, { owner, before: instantIn(before?.['keysNotBefore']), now })],
        event: {
          type: 'credentials.keys_revoked',
          targets: [owner ?? `tenant:${tenant}`],
          reason: input.reason,
          details: { keys: living.keys.length, complete: living.complete },
        },
        outcome: { ...told, notBefore: toIso(now), saved: true },
      })
    },
    answer: (outcome) => outcome,
  })
}

const patienceMilliseconds = 2_000

const orNone = (counted: Promise<LivingKeys>): Promise<LivingKeys> =>
  inTime(counted, patienceMilliseconds, () => new Error('counting takes too long')).catch(() => ({
    keys: [],
    complete: false,
  }))

/** Whoever holds, or held, anything here: of strangers nothing is written down. */
const isKnown = async (read: Reader, tenant: TenantId, owner: PrincipalRef): Promise<boolean> => {
  const found = await read.getAll([grantsPath(tenant, owner), `tenants/${tenant}/members/${idOf(owner)}`])
  if (found.some((fields) => fields !== undefined)) return true
  const keys = await read.list({ collection: `tenants/${tenant}/apiKeys`, where: { owner }, limit: 1 })
  return keys.length > 0
}

interface Ending {
  readonly owner: PrincipalRef | undefined
  readonly before: Instant | undefined
  readonly now: Instant
}

/** The entry only ever moves forward: what is dead stays dead. */
const endWrite = (path: string, { owner, before, now }: Ending): Write => {
  const keysNotBefore = timestampOf(instantOf(Math.max(now, before ?? 0)))
  return owner === undefined
    ? { kind: 'update', path, fields: { keysNotBefore } }
    : { kind: 'merge', path, fields: { principal: owner, keysNotBefore } }
}
