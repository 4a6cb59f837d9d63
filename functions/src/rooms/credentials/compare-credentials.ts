// For the reconciler: every secret of an API key belongs to a key that names it; one that does not is revoked.

import { iamError } from '@latchkey/core/kernel/errors'
import { isKeyId, isTenantId, type OpId, platformTenant, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { type Instant, isOver } from '@latchkey/core/kernel/time'
import { each } from '../../platform/each.ts'
import type { DrawId } from '../../platform/random.ts'
import { bySystem } from '../../platform/store/by-system.ts'
import type { Commit } from '../../platform/store/commit.ts'
import { type DocumentFields, instantIn, type Reader, timestampOf } from '../../platform/store/reader.ts'
import { keyPath, secretsIn } from './keys/key-document.ts'
import { credentialPath } from './use/find-secret.ts'

export interface CompareDependencies {
  readonly read: Reader
  readonly commit: Commit
  readonly drawId: DrawId
}

const pageSize = 100

export const compareCredentials = (dependencies: CompareDependencies) => ({
  name: 'credentials',
  page: async (after: string | undefined, now: Instant) => {
    const found = await dependencies.read.list({
      collection: 'credentials',
      ...(after === undefined ? {} : { after }),
      limit: pageSize,
    })
    const live = found.filter(({ fields }) => isLiveSecret(fields, now))
    const keys = await dependencies.read.getAll(live.map(({ fields }) => pathOfKey(fields)))
    const done = await each(
      [...live.entries()],
      ([, { id }]) => `credential:${id}`,
      async ([index, { id, fields }]) =>
        !isNamed(id, keys[index]) && (await revokeOrphan(id, fields, now, dependencies)) ? 'repaired' : 'right',
    )
    return { looked: live.length, ...done, next: found.length < pageSize ? undefined : found.at(-1)?.id }
  },
})

const isLiveSecret = (fields: DocumentFields, now: Instant): boolean =>
  fields['kind'] === 'api' && fields['status'] !== 'revoked' && !isOver(instantIn(fields['notAfter']), now)

const pathOfKey = (fields: DocumentFields): string => {
  const [tenant, key] = [String(fields['tenant']), String(fields['key'])]
  return isTenantId(tenant) && isKeyId(key) ? keyPath(tenant, key) : 'tenants/none'
}

const isNamed = (id: string, shown: DocumentFields | undefined): boolean =>
  shown !== undefined && secretsIn(shown).some((one) => one === id)

/** A secret that nobody can see, rotate or revoke must not open anything. */
const revokeOrphan = async (
  id: string,
  { tenant }: DocumentFields,
  now: Instant,
  { commit, drawId }: CompareDependencies,
): Promise<boolean> => {
  const opId = drawId(prefixes.op) as OpId // just drawn
  const revoked = await commit(bySystem({ job: 'reconcile', opId, runId: 'reconcile', now }), {
    tenant: tenantOf(tenant),
    plan: async (read) => {
      const [secret] = await read.getAll([credentialPath(id)])
      if (secret === undefined || !isLiveSecret(secret, now)) return err(iamError('conflict')) // gone by now
      const [shown] = await read.getAll([pathOfKey(secret)])
      if (isNamed(id, shown)) return err(iamError('conflict'))
      const fields = { status: 'revoked', revokedAt: timestampOf(now) }
      return ok({
        writes: [{ kind: 'update', path: credentialPath(id), fields }],
        event: { type: 'credentials.orphan_revoked', targets: [`credential:${id}`] },
        outcome: {},
      })
    },
    answer: (outcome) => outcome,
  })
  return revoked.ok
}

const tenantOf = (value: unknown): TenantId => {
  const text = String(value)
  return isTenantId(text) ? text : platformTenant // a secret of nobody’s is the platform’s to explain
}
