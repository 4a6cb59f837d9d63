// `apiKeys/create`: a key for the caller or a service account, never wider or longer than its maker and its owner.
import type { Facts } from '@latchkey/core/access/facts'
import { longestLives } from '@latchkey/core/access/key-caps'
import { ownScopesIn } from '@latchkey/core/access/meaning/scopes'
import { createKeyInput, createKeyOutput } from '@latchkey/core/credentials/contract'
import { rateOf } from '@latchkey/core/credentials/rate-plan'
import { formatSecret, maskSecret } from '@latchkey/core/credentials/secret-format'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { type CredentialId, prefixes } from '@latchkey/core/kernel/ids'
import { normalizeName } from '@latchkey/core/kernel/names'
import { idOf, type PrincipalRef, serviceRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { days, earliest, type Instant, plusSeconds } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { freshCaller } from '../../../guard/fresh-facts.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { bulkEnds } from './bulk-ends.ts'
import { keyViewOf } from './key-document.ts'
import { delegationFault, endOf, kindFault, placementsOf, scopesAsked, widthFault } from './key-power.ts'
import { keyWrites, type NewKey } from './key-writes.ts'

type Input = z.output<typeof createKeyInput>

const permission = 'iam.apiKeys.create'

const defaultLifeSeconds = days(90)

export const createKey = (dependencies: CredentialsDependencies) =>
  operation({
    group: 'apiKeys',
    name: 'create',
    summary: 'Creates an API key. The secret is shown once.',
    input: createKeyInput,
    output: createKeyOutput,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    secrets: ['secret'],
    handler: (admitted) => create(admitted, dependencies),
  })

const create = async (admitted: Admitted<Input>, dependencies: CredentialsDependencies) => {
  const { input, caller, commit, tenant } = admitted
  const name = normalizeName(input.name)
  if (!name.ok) return name
  const owner = input.service === undefined ? caller.principal : serviceRef(input.service)
  const drawn = { key: dependencies.drawId(prefixes.key), ...drawSecret(dependencies) }
  const named = { ...drawn, name: name.value, owner }
  return dependencies.commit(commit, {
    tenant,
    plan: (read) => plan(read, admitted, named, dependencies),
    answer: (outcome) => ({ key: outcome, secret: named.secret }),
  })
}

const plan = async (read: Reader, asked: Admitted<Input>, named: Named, dependencies: CredentialsDependencies) => {
  const fresh = await freshCaller(read, asked, permission, dependencies)
  if (!fresh.ok) return fresh
  const { facts, caller } = fresh.value
  const admitted = { ...asked, caller }
  const { tenant, now, input } = admitted
  const notAfter = lifeOf(input.expiresAt, now, caller.key?.notAfter)
  if (!notAfter.ok) return notAfter
  const accounts = input.accounts === undefined ? ok(undefined) : await placementsOf(read, input.accounts, facts)
  if (!accounts.ok) return accounts
  const refusal = delegationFault(facts, admitted) ?? (await ownerFault(read, named.owner, admitted, facts))
  if (refusal !== undefined) return err(refusal)
  const scopes = scopesAsked(facts, input.scopes)
  if (!scopes.ok) return scopes
  const key = newKey(admitted, facts, {
    ...named,
    // What a guardrail cuts off is not promised, also not to whoever asked for it.
    notAfter: earliest(notAfter.value, ...longestLives(facts.chain, now)) ?? now,
    scopes: scopes.value,
    accounts: accounts.value,
    placement: await boundTo(read, named.owner, facts),
  })
  const rate = key.rate === undefined ? undefined : rateOf(key.rate)
  const fault = kindFault(facts, named.owner) ?? widthFault(facts, { ...key, rate }, admitted)
  if (fault !== undefined) return err(fault)
  const { writes, shown } = keyWrites(key)
  return ok({
    writes,
    event: {
      type: 'credentials.key_created',
      targets: [`key:${named.key}`, named.owner],
      details: { scopes: key.scopes, ...(key.madeBy === undefined ? {} : { madeBy: key.madeBy }) },
    },
    outcome: keyViewOf(tenant, named.key, shown, now),
  })
}

/** Everything random, before the transaction. */
export const drawSecret = ({ drawId, random }: Pick<CredentialsDependencies, 'drawId' | 'random'>) => {
  const credential = drawId() as CredentialId // just drawn
  return { credential, secret: formatSecret('api', credential, random(32)) }
}

/** Without a wish, 90 days, or what is left of the key that makes it. */
const lifeOf = (
  expiresAt: string | undefined,
  now: Instant,
  makerEnd: Instant | undefined,
): Result<Instant, IamError> => {
  const usual = earliest(plusSeconds(now, defaultLifeSeconds), makerEnd)
  return expiresAt === undefined && usual !== undefined ? ok(usual) : endOf(expiresAt ?? '', now, now)
}

/** The caller's own, or that of a living service account of this very tenant; and none that would be dead when it is born. */
const ownerFault = async (
  read: Reader,
  owner: PrincipalRef,
  { tenant, caller, now }: Admitted<Input>,
  { chain }: Facts,
): Promise<IamError | undefined> => {
  if (owner !== caller.principal) {
    const [member] = await read.getAll([`tenants/${tenant}/members/${idOf(owner)}`])
    if (member?.['kind'] !== 'service' || member['status'] !== 'active')
      return iamError('not_found', { field: 'service' })
  }
  const ids = chain.map(({ id }) => id)
  const isEnded = await bulkEnds(read, ids, [owner])
  if (!isEnded(owner, now)) return undefined
  return iamError('conflict', { detail: 'All keys were ended this very moment, and this one with them: try again.' })
}

/** An account's key outlives a move only when its owner is of the account itself; else it is the old agency's, and stays dead on the way back. */
const boundTo = async (read: Reader, owner: PrincipalRef, { chain }: Facts): Promise<string | undefined> => {
  const node = chain[0]
  if (node?.kind !== 'account') return undefined
  const [member] = await read.getAll([`tenants/${node.id}/members/${idOf(owner)}`])
  return member?.['status'] === 'active' && member['placement'] === undefined ? undefined : node.placementId
}

interface Named {
  readonly key: string
  readonly credential: CredentialId
  readonly secret: string
  readonly name: string
  readonly owner: PrincipalRef
}

type Settled = Named & Pick<NewKey, 'scopes' | 'accounts' | 'placement' | 'notAfter'>

const newKey = ({ input, tenant, caller, now }: Admitted<Input>, facts: Facts, settled: Settled): NewKey => {
  const [node, above] = facts.chain
  return {
    ...settled,
    tenant,
    agency: node?.kind === 'account' ? above?.id : undefined,
    ownScopes: ownScopesIn(facts.chain, input.scopes),
    catalogueVersion: facts.head.version,
    // What a restricted key makes is restricted alike, unless it says something narrower.
    addresses: input.allowedAddresses ?? caller.bounds?.addresses,
    rate: input.rate ?? caller.bounds?.rate,
    hint: maskSecret(settled.secret),
    createdBy: caller.principal,
    madeBy: caller.key === undefined ? undefined : caller.credential,
    now,
  }
}
