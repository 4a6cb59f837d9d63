// `POST /v1/usage`: what a service that decides by itself has seen, so that owners see it, and what it may let through next.

import { type UsageReport, usageInput, usageOutput } from '@latchkey/core/credentials/usage'
import { ok } from '@latchkey/core/kernel/result'
import { hours, type Instant, instantOf, isOver, plusSeconds } from '@latchkey/core/kernel/time'
import type { Admitted } from '../../../guard/admitted.ts'
import type { Caller } from '../../../guard/caller.ts'
import { operation } from '../../../guard/definition.ts'
import type { Log } from '../../../platform/log.ts'
import { type Recently, recently } from '../../../platform/recently.ts'
import { sideBySide } from '../../../platform/side-by-side.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { keyOwner } from './authenticate-key.ts'
import type { DescribeDependencies } from './describe-credential.ts'
import { credentialPath } from './find-secret.ts'

export interface UsageDependencies
  extends Pick<CredentialsDependencies, 'noteUse' | 'noteDenial'>,
    Pick<DescribeDependencies, 'isWithin' | 'lease'> {
  readonly log: Log
}

export const reportUsage = (dependencies: UsageDependencies) => {
  const seen = recently()
  return operation({
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
      const { input, now } = admitted
      const looking = { ...dependencies, isKnown: knownTo(admitted, seen) }
      const owners = await ownersOf(admitted, looking)
      await sideBySide(saidIn(input, now), atOnce, async ({ secret, lastUsedAt }) => {
        const owner = owners.get(secret)
        if (owner !== undefined) await dependencies.noteUse(owner, earlierOf(lastUsedAt, now), undefined)
      })
      for (const secret of owners.keys()) seen.done(nameOf(admitted, secret), now)
      await noteDenials(admitted, owners, dependencies)
      logCounts(admitted, looking)
      return ok({ leases: await leasesOf(input, owners, now, dependencies) })
    },
  })
}

const longAgo = 600_000
const earlierOf = (at: number, now: Instant): Instant => instantOf(Math.min(at, now))
/** Keys of one report whose accounts are looked at, or whose use is written down. */
const atOnce = 20
/** For so long the counts of a secret are taken without a look at whose it is. */
const knownSeconds = hours(1)

/** A clock that runs ahead has not used anything tomorrow; what is long ago was reported then. */
const saidIn = ({ uses }: UsageReport, now: Instant): UsageReport['uses'] =>
  uses.filter(({ lastUsedAt }) => lastUsedAt > now - longAgo)

const nameOf = ({ facts }: Pick<Admitted<UsageReport>, 'facts'>, secret: string): string =>
  `${facts.chain[0]?.id} ${secret}`

/** Whether the secret was seen in the asker's own subtree lately: enough for a line in a log, and for nothing else. */
const knownTo =
  (admitted: Admitted<UsageReport>, seen: Recently) =>
  (secret: string): boolean => {
    const last = seen.last(nameOf(admitted, secret))
    return last !== undefined && !isOver(plusSeconds(last, knownSeconds), admitted.now)
  }

interface Looking extends UsageDependencies {
  readonly isKnown: (secret: string) => boolean
}

/** Of the asker's own subtree; of others nothing is taken, and nothing said. Whoever was only counted, and is known, is not looked up. */
const ownersOf = async (
  { input, read, facts, now }: Admitted<UsageReport>,
  { isWithin, isKnown }: Looking,
): Promise<ReadonlyMap<string, Caller>> => {
  const needed = [...saidIn(input, now), ...input.denials].map(({ secret }) => secret).concat(input.leases)
  const counted = input.uses.map(({ secret }) => secret).filter((secret) => !isKnown(secret))
  const secrets = [...new Set([...needed, ...counted])]
  const stored = secrets.length === 0 ? [] : await read.getAll(secrets.map(credentialPath))
  const found = secrets.flatMap((secret, index) => {
    const fields = stored[index]
    const owner = fields?.['kind'] === 'api' ? keyOwner(secret, fields) : undefined
    return owner?.key === undefined ? [] : [{ secret, owner, home: owner.key.home }]
  })
  const homes = [...new Set(found.map(({ home }) => home))]
  const answers = await sideBySide(homes, atOnce, (home) => isWithin(read, facts.chain, home))
  const within = new Set(homes.filter((_home, index) => answers[index] === true))
  return new Map(found.flatMap(({ secret, owner, home }) => (within.has(home) ? [[secret, owner] as const] : [])))
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
const logCounts = ({ input, caller, requestId }: Admitted<UsageReport>, { log, isKnown }: Looking): void => {
  const { process, differences } = input
  const uses = input.uses.filter(({ secret }) => isKnown(secret))
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
