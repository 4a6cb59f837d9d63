// `POST /v1/credentials/describe`, `GET /v1/credentials/{id}`: who is behind a credential and what it carries, for services that decide by themselves.
import { keyOnWire } from '@latchkey/core/access/assembly/key-wire'
import type { NodeFacts } from '@latchkey/core/access/facts'
import { type Described, describeInput, describeOutput, rootInput } from '@latchkey/core/credentials/described'
import { parseSecret } from '@latchkey/core/credentials/secret-format'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Caller } from '../../../guard/caller.ts'
import { operation } from '../../../guard/definition.ts'
import { instantIn, type Reader, type Stamped, timestampOf } from '../../../platform/store/reader.ts'
import { type Revision, revisionOf } from '../../../platform/store/revision.ts'
import { authenticateKey, liveOwner } from './authenticate-key.ts'
import { credentialPath } from './find-secret.ts'
import type { LeaseRate } from './lease-rate.ts'

export interface DescribeDependencies {
  /** Strict: what a service loads after it heard of a change must not be older than the change. */
  readonly read: Reader
  /** The room of access: whether a tenant is the asker's own or below it. `chain` is the asker's. */
  readonly isWithin: (read: Reader, chain: readonly NodeFacts[], tenant: TenantId) => Promise<boolean>
  readonly lease: LeaseRate
}

const forServices = {
  group: 'credentials',
  output: describeOutput,
  access: { permission: 'iam.credentials.verify' },
  tenant: (_input: unknown, caller: Caller) => caller.key?.tenant,
  effect: 'read',
  rate: 'verify',
  cached: true,
} as const

export const describeCredential = (dependencies: DescribeDependencies) =>
  operation({
    ...forServices,
    name: 'describe',
    summary: 'Who is behind a key and what it carries, for services that decide by themselves.',
    input: describeInput,
    path: '/v1/credentials/describe',
    handler: async ({ input, now, facts }) => {
      const secret = parseSecret(input.credential)
      if (secret === undefined) return ok(inactive(revisionOf(timestampOf(now))))
      const [stored] = await dependencies.read.getStamped([credentialPath(secret.id)])
      if (stored === undefined) return ok(inactive(revisionOf(timestampOf(now))))
      const owner = await authenticateKey(holding(stored), secret, now)
      const description = await described(owner, stored, facts.chain, dependencies)
      return ok(await leased(description, input.process, now, dependencies))
    },
  })

export const describeRoot = (dependencies: DescribeDependencies) =>
  operation({
    ...forServices,
    name: 'root',
    summary: 'The credential that an access token came from, for services that decide by themselves.',
    input: rootInput,
    method: 'GET',
    path: '/v1/credentials/{id}',
    handler: async ({ input, now, facts }) => {
      const [stored] = await dependencies.read.getStamped([credentialPath(input.id)])
      if (stored === undefined) return ok(inactive(revisionOf(timestampOf(now))))
      const description = await described(rootOwner(input.id, stored, now), stored, facts.chain, dependencies)
      return ok(await leased(description, input.process, now, dependencies))
    },
  })

/** With a part of its plan, for a process that has none yet. */
const leased = async (
  description: Described,
  process: string | undefined,
  now: Instant,
  { lease }: Pick<DescribeDependencies, 'lease'>,
): Promise<Described> => {
  const { active, credential, rate } = description
  if (!active || credential === undefined || rate === undefined || process === undefined) return description
  return { ...description, lease: await lease(credential, { process, perSecond: rate.perSecond, now }) }
}

const rootOwner = (id: string, { fields }: Stamped, now: Instant): Caller | undefined =>
  fields?.['kind'] === 'api' ? liveOwner(id, fields, now) : undefined

/** The same for garbage, unknown, ended, and anybody else's: nothing tells them apart. */
const inactive = (asOf: Revision): Described => ({ asOf, active: false, code: 'invalid_token' })

/** One document that was read already, so that the answer and its moment are of one snapshot. */
const holding = (stored: Stamped): Reader => ({
  getStamped: async (paths) => paths.map(() => stored),
  getAll: async (paths) => paths.map(() => stored.fields),
  list: async () => [],
})

const described = async (
  owner: Caller | undefined,
  { asOf, fields }: Stamped,
  chain: readonly NodeFacts[],
  { read, isWithin }: DescribeDependencies,
): Promise<Described> => {
  if (owner?.key === undefined || !(await isWithin(read, chain, owner.key.home))) return inactive(asOf)
  const endsAt = instantIn(fields?.['endsAt'])
  const { addresses, rate } = owner.bounds ?? {}
  return {
    asOf,
    active: true,
    code: 'active',
    credential: owner.credential,
    principal: owner.principal,
    key: keyOnWire(owner.key),
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(addresses === undefined ? {} : { allowedAddresses: [...addresses] }),
    ...(rate === undefined ? {} : { rate: { ...rate } }),
  }
}
