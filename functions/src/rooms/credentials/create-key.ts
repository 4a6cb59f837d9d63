// `apiKeys/create`: a key for the caller or a service account, never wider or longer than its maker and its owner.
import { decide } from '@latchkey/core/access/decide'
import { errorOf } from '@latchkey/core/access/decision'
import type { Facts } from '@latchkey/core/access/facts'
import { missingFor } from '@latchkey/core/access/held'
import { levelsFrom, ownScopesIn, scopeIn, usableScopes } from '@latchkey/core/access/meaning/scopes'
import { createKeyInput, createKeyOutput } from '@latchkey/core/credentials/contract'
import { formatSecret, maskSecret } from '@latchkey/core/credentials/secret-format'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { type CredentialId, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { normalizeName } from '@latchkey/core/kernel/names'
import { idOf, type PrincipalRef, serviceRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { days, earliest, fromIso, type Instant, plusSeconds } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../guard/admitted.ts'
import { operation } from '../../guard/definition.ts'
import type { Reader } from '../../platform/store/reader.ts'
import type { CredentialsDependencies } from './dependencies.ts'
import { keyViewOf } from './key-document.ts'
import { keyWrites, type NewKey } from './key-writes.ts'

type Input = z.output<typeof createKeyInput>

const defaultLifeSeconds = days(90)
const maxLifeSeconds = days(400)

export const createKey = (dependencies: CredentialsDependencies) =>
  operation({
    group: 'apiKeys',
    name: 'create',
    summary: 'Creates an API key. The secret is shown once.',
    input: createKeyInput,
    output: createKeyOutput,
    access: { permission: 'iam.apiKeys.create' },
    tenant: (input) => input.tenant,
    effect: 'write',
    secrets: ['secret'],
    handler: (admitted) => create(admitted, dependencies),
  })

const create = async (admitted: Admitted<Input>, dependencies: CredentialsDependencies) => {
  const { input, now, caller, commit, tenant } = admitted
  const name = normalizeName(input.name)
  if (!name.ok) return name
  const notAfter = lifeOf(input.expiresAt, now, caller.key?.notAfter)
  if (!notAfter.ok) return notAfter
  const owner = input.service === undefined ? caller.principal : serviceRef(input.service)
  const named = { ...draw(dependencies), name: name.value, owner, notAfter: notAfter.value }
  return dependencies.commit(commit, {
    tenant,
    plan: (read) => plan(read, admitted, named, dependencies),
    answer: (outcome) => ({ key: outcome, secret: named.secret }),
  })
}

const plan = async (read: Reader, admitted: Admitted<Input>, named: Named, { loadFacts }: CredentialsDependencies) => {
  const { tenant, caller, now } = admitted
  const facts = await loadFacts(read, caller, tenant)
  if (!facts.ok) return facts
  const placements = await placementsOf(read, admitted.input, facts.value)
  if (!placements.ok) return placements
  const refusal =
    delegationFault(facts.value, admitted) ??
    (await ownerFault(read, tenant, named.owner, caller.principal)) ??
    widthFault(admitted, facts.value, named.notAfter, placements.value)
  if (refusal !== undefined) return err(refusal)
  const placement = await boundTo(read, named.owner, facts.value)
  const key = newKey(admitted, facts.value, { ...named, placements: placements.value, placement })
  const { writes, shown } = keyWrites(key)
  return ok({
    writes,
    frames: [`credential:${named.credential}`],
    event: {
      type: 'credentials.key_created',
      targets: [`key:${named.key}`, named.owner],
      details: { scopes: key.scopes },
    },
    outcome: keyViewOf(tenant, named.key, shown, now),
  })
}

/** Everything random, before the transaction. */
const draw = ({ drawId, random }: CredentialsDependencies) => {
  const credential = drawId() as CredentialId // just drawn
  const secret = formatSecret('api', credential, random(32))
  return { key: drawId(prefixes.key), credential, secret }
}

/** A key made by a key does not outlive it. */
const lifeOf = (
  expiresAt: string | undefined,
  now: Instant,
  makerEnd: Instant | undefined,
): Result<Instant, IamError> => {
  const end = expiresAt === undefined ? earliest(plusSeconds(now, defaultLifeSeconds), makerEnd) : fromIso(expiresAt)
  const fault = (detail: string) => err(iamError('invalid_request', { field: 'expiresAt', detail }))
  if (end === undefined) return fault('It is no moment.')
  if (end <= now) return fault('It is in the past.')
  if (end > plusSeconds(now, maxLifeSeconds)) return fault('A key lives at most 400 days.')
  if (makerEnd === undefined || end <= makerEnd) return ok(end)
  return err(iamError('grant_exceeds_grantor', { field: 'expiresAt', detail: 'A key makes no key that outlives it.' }))
}

/** The caller's own, or that of a living service account of this very tenant. */
const ownerFault = async (
  read: Reader,
  tenant: TenantId,
  owner: PrincipalRef,
  caller: PrincipalRef,
): Promise<IamError | undefined> => {
  if (owner === caller) return undefined
  const [member] = await read.getAll([`tenants/${tenant}/members/${owner.slice(owner.indexOf(':') + 1)}`])
  return member?.['kind'] === 'service' && member['status'] === 'active'
    ? undefined
    : iamError('not_found', { field: 'service' })
}

/** Present placements of the accounts that the key is narrowed to; each must be a living account of this agency. */
const placementsOf = async (
  read: Reader,
  input: Input,
  { chain }: Facts,
): Promise<Result<ReadonlyMap<string, string>, IamError>> => {
  const accounts = input.accounts ?? []
  if (accounts.length > 0 && chain[0]?.kind !== 'agency') {
    const detail = 'Only a key of an agency is narrowed to accounts.'
    return err(iamError('invalid_request', { field: 'accounts', detail }))
  }
  const found = await read.getAll(accounts.map((account) => `tenants/${account}/policy/current`))
  const foreign = found.findIndex((policy) => policy?.['parentId'] !== input.tenant || policy['status'] === 'deleted')
  if (foreign >= 0) return err(iamError('not_found', { field: `accounts[${foreign}]` }))
  return ok(new Map(accounts.map((account, index) => [account, String(found[index]?.['placementId'])])))
}

/** Every scope must exist, and every permission behind it be the maker's own, as widely and as long (CATALOGUE C-007). */
const widthFault = (
  { input, now }: Admitted<Input>,
  facts: Facts,
  until: Instant,
  placements: ReadonlyMap<string, string>,
): IamError | undefined => {
  const unknown = input.scopes.findIndex((scope) => scopeIn(facts, scope) === undefined)
  if (unknown >= 0)
    return iamError('invalid_request', { field: `scopes[${unknown}]`, detail: 'There is no such scope.' })
  const misplaced = input.scopes.findIndex((scope) => !worksAt(facts, scope))
  if (misplaced >= 0) {
    return iamError('invalid_request', {
      field: `scopes[${misplaced}]`,
      detail: 'This scope means nothing at this tenant or below it.',
    })
  }
  const accounts = [...placements.keys()]
  const reach = accounts.length > 0 ? 'listed' : 'subtree'
  const missing = missingFor(
    facts,
    { permissions: usableScopes(facts, input.scopes), reach, accounts, until },
    now,
    placements,
  )
  return missing.length === 0 ? undefined : iamError('grant_exceeds_grantor', { missing })
}

/** A scope of a level above would be a promise that nothing keeps. */
const worksAt = (facts: Facts, scope: string): boolean =>
  scopeIn(facts, scope)?.levels.some((level) => levelsFrom(facts.chain).includes(level)) ?? false

/** A key makes keys only when it was given that very power to pass on: most worms begin without (CATALOGUE I-83). */
const delegationFault = (facts: Facts, { caller, now, request }: Admitted<Input>): IamError | undefined =>
  caller.key === undefined
    ? undefined
    : errorOf(decide({ permission: 'iam.credentials.delegate', resource: {}, action: {}, request }, facts, now))

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
  readonly notAfter: Instant
}

interface Bound extends Named {
  readonly placements: ReadonlyMap<string, string>
  readonly placement: string | undefined
}

const newKey = (
  { input, tenant, caller, now }: Admitted<Input>,
  facts: Facts,
  { placements, ...named }: Bound,
): NewKey => {
  const [node, above] = facts.chain
  return {
    ...named,
    tenant,
    agency: node?.kind === 'account' ? above?.id : undefined,
    scopes: [...new Set(input.scopes.map((scope) => scopeIn(facts, scope)?.name ?? scope))].sort(),
    accounts: input.accounts === undefined ? undefined : placements,
    ownScopes: ownScopesIn(facts.chain, input.scopes),
    catalogueVersion: facts.head.version,
    hint: maskSecret(named.secret),
    createdBy: caller.principal,
    now,
  }
}
