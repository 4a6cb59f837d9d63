// `POST /v1/usage`: what a service that decides by itself has seen, so that owners see it, and what it may let through next.

import type { NodeFacts } from '@latchkey/core/access/facts'
import { type UsageReport, usageInput, usageOutput } from '@latchkey/core/credentials/usage'
import { ok } from '@latchkey/core/kernel/result'
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import type { Admitted } from '../../../guard/admitted.ts'
import type { Caller } from '../../../guard/caller.ts'
import { operation } from '../../../guard/definition.ts'
import type { Log } from '../../../platform/log.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { keyOwner } from './authenticate-key.ts'
import type { DescribeDependencies } from './describe-credential.ts'
import { credentialPath } from './find-secret.ts'

export interface UsageDependencies
  extends Pick<CredentialsDependencies, 'noteUse' | 'noteDenial'>,
    Pick<DescribeDependencies, 'isWithin' | 'lease'> {
  readonly log: Log
}

export const reportUsage = (dependencies: UsageDependencies) =>
  operation({
    group: 'credentials',
    name: 'usage',
    summary: 'Takes what a service has counted, and leases it a part of the rate plans that it keeps.',
    input: usageInput,
    output: usageOutput,
    access: { permission: 'iam.usage.report' },
    tenant: (_input, caller) => caller.key?.tenant,
    effect: 'read',
    rate: 'verify',
    cached: true,
    path: '/v1/usage',
    handler: async (admitted) => {
      const { input, read, facts, now } = admitted
      const owners = await ownersOf(input, read, facts.chain, dependencies)
      for (const { secret, lastUsedAt } of input.uses) {
        const owner = owners.get(secret)
        // A clock that runs ahead has not used anything tomorrow; what is long ago was reported then.
        if (owner !== undefined && lastUsedAt > now - longAgo)
          await dependencies.noteUse(owner, earlierOf(lastUsedAt, now), undefined)
      }
      await noteDenials(admitted, owners, dependencies)
      logCounts(admitted, owners, dependencies)
      return ok({ leases: await leasesOf(input, owners, now, dependencies) })
    },
  })

const longAgo = 600_000
const earlierOf = (at: number, now: Instant): Instant => instantOf(Math.min(at, now))

/** Of the asker's own subtree; of others nothing is taken, and nothing said. */
const ownersOf = async (
  { uses, denials, leases }: UsageReport,
  read: Reader,
  chain: readonly NodeFacts[],
  { isWithin }: UsageDependencies,
): Promise<ReadonlyMap<string, Caller>> => {
  const secrets = [...new Set([...uses, ...denials].map(({ secret }) => secret).concat(leases))]
  const stored = await read.getAll(secrets.map(credentialPath))
  const owners = new Map<string, Caller>()
  const within = new Map<string, boolean>()
  for (const [index, secret] of secrets.entries()) {
    const fields = stored[index]
    const owner = fields?.['kind'] === 'api' ? keyOwner(secret, fields) : undefined
    if (owner?.key === undefined) continue
    const { home } = owner.key
    const seen = within.get(home) ?? (await isWithin(read, chain, home))
    within.set(home, seen)
    if (seen) owners.set(secret, owner)
  }
  return owners
}

const noteDenials = async (
  { input, now }: Admitted<UsageReport>,
  owners: ReadonlyMap<string, Caller>,
  { noteDenial }: UsageDependencies,
): Promise<void> => {
  for (const { secret, permission, code } of input.denials) {
    const owner = owners.get(secret)
    if (owner?.key === undefined) continue
    const { principal, credential, key } = owner
    await noteDenial({ tenant: key.home, principal, credential, operation: 'a service', permission, code, now })
  }
}

/** Counts are for dashboards, which read logs: nothing of them is kept in the database. */
const logCounts = (
  { input, caller, requestId }: Admitted<UsageReport>,
  owners: ReadonlyMap<string, Caller>,
  { log }: UsageDependencies,
): void => {
  const { process, differences } = input
  const uses = input.uses.filter(({ secret }) => owners.has(secret))
  const about = { requestId, process, principal: caller.principal }
  if (uses.length > 0) log('INFO', 'usage reported', { ...about, uses })
  for (const difference of differences) log('NOTICE', 'a legacy check differs', { ...about, ...difference })
}

/** By key: its secrets share one plan, whichever of them were used. */
const leasesOf = async (
  { leases, process }: UsageReport,
  owners: ReadonlyMap<string, Caller>,
  now: Instant,
  { lease }: UsageDependencies,
) => {
  const plans = new Map<string, number>()
  for (const secret of leases) {
    const owner = owners.get(secret)
    const perSecond = owner?.bounds?.rate?.perSecond
    if (owner !== undefined && perSecond !== undefined) plans.set(owner.credential, perSecond)
  }
  // At once: whoever asks for a hundred does not wait for longer than a service does.
  const asked = [...plans].map(
    async ([key, perSecond]) => [key, await lease(key, { process, perSecond, now })] as const,
  )
  return Object.fromEntries(await Promise.all(asked))
}
