// `apiKeys/revokeAll`: ends every key of an owner or of a tenant by one entry; whatever was made until then is dead, and stays dead.
import { grantsPath, policyPath } from '@latchkey/core/access/assembly/documents'
import { revokeAllInput, revokeAllOutput } from '@latchkey/core/credentials/contract'
import { keyStatus } from '@latchkey/core/credentials/rotation'
import { iamError } from '@latchkey/core/kernel/errors'
import { isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import { idOf, namedRef, type PrincipalRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import { type Instant, instantOf, toIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import { instantIn, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { withBulkEnds } from './bulk-ends.ts'

type Input = z.output<typeof revokeAllInput>

const permission = 'iam.apiKeys.revoke'
/** Counting is for people who look before they leap; the entry ends as many as there are. */
const mostKeys = 1_000
const mostAccounts = 100

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
  const living = await countLiving(dependencies.read, {
    chain: admitted.facts.chain.map(({ id }) => id),
    tenant,
    owner,
    now,
  })
  const told = { ...living, notBefore: toIso(now) }
  if (input.dryRun === true) return ok({ ...told, saved: false })
  return dependencies.commit(admitted.commit, {
    tenant,
    plan: async (read) => {
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
          details: { keys: living.keys, complete: living.complete },
        },
        outcome: { ...told, saved: true },
      })
    },
    answer: (outcome) => outcome,
  })
}

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

interface Asked {
  /** From the tenant upwards. */
  readonly chain: readonly TenantId[]
  readonly tenant: TenantId
  readonly owner: PrincipalRef | undefined
  readonly now: Instant
}

const countLiving = async (
  read: Reader,
  asked: Asked,
): Promise<{ readonly keys: number; readonly complete: boolean }> => {
  const below = asked.tenant.startsWith('agy_') ? await accountsOf(read, asked.tenant) : []
  const tenants = [asked.tenant, ...below.slice(0, mostAccounts)]
  let seen = 0
  let keys = 0
  for (const tenant of tenants) {
    const found = await read.list({
      collection: `tenants/${tenant}/apiKeys`,
      ...(asked.owner === undefined ? {} : { where: { owner: asked.owner } }),
      limit: mostKeys - seen + 1,
    })
    seen += found.length
    const chain = tenant === asked.tenant ? asked.chain : [tenant, ...asked.chain]
    const shown = await withBulkEnds(
      read,
      chain,
      found.map(({ fields }) => fields),
    )
    keys += shown.filter((fields) =>
      lives(keyStatus(fields['status'], instantIn(fields['notAfter']), asked.now)),
    ).length
    if (seen > mostKeys) break
  }
  return { keys: Math.min(keys, mostKeys), complete: seen <= mostKeys && below.length <= mostAccounts }
}

const lives = (status: string): boolean => status === 'active' || status === 'disabled'

const accountsOf = async (read: Reader, agency: TenantId): Promise<readonly TenantId[]> => {
  const found = await read.list({ collection: 'tenants', where: { parentId: agency }, limit: mostAccounts + 1 })
  return found.map(({ id }) => id).filter(isTenantId)
}
