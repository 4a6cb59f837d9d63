// What somebody gives who makes, widens or revives a key: all that it carries, which they must hold themselves, as widely and as long.
import { decide } from '@latchkey/core/access/decide'
import { errorOf } from '@latchkey/core/access/decision'
import type { Facts } from '@latchkey/core/access/facts'
import { missingFor } from '@latchkey/core/access/held'
import { kindOfKey, scopesLeft } from '@latchkey/core/access/key-caps'
import { levelsFrom, scopeIn, usableScopes } from '@latchkey/core/access/meaning/scopes'
import { areWithin } from '@latchkey/core/credentials/ip-range'
import type { KeyExtent } from '@latchkey/core/credentials/key-change'
import { isRateWithin, storedRate } from '@latchkey/core/credentials/rate-plan'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef, kindOf, type PrincipalRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { days, fromIso, type Instant, instantOf, isOver, plusSeconds } from '@latchkey/core/kernel/time'
import type { Admitted } from '../../../guard/admitted.ts'
import type { Caller } from '../../../guard/caller.ts'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { keyOwner } from '../use/authenticate-key.ts'
import type { Ground } from './change-key.ts'
import type { StoredKey } from './key-document.ts'

const maxLifeSeconds = days(400)

/** The end of a key as asked for: a moment to come, and not too far from when it was made. */
export const endOf = (expiresAt: string, now: Instant, madeAt: Instant): Result<Instant, IamError> => {
  const end = fromIso(expiresAt)
  const fault = (detail: string) => err(iamError('invalid_request', { field: 'expiresAt', detail }))
  if (end === undefined) return fault('It is no moment.')
  if (end <= now) return fault('It is in the past.')
  return end > plusSeconds(madeAt, maxLifeSeconds) ? fault('A key lives at most 400 days.') : ok(end)
}

export const extentOf = (secret: DocumentFields): KeyExtent => ({
  scopes: Array.isArray(secret['scopes']) ? secret['scopes'].map(String) : [],
  accounts: secret['accounts'] === undefined ? undefined : new Map(Object.entries(secret['accounts'] as object)), // written by keyWrites
  notAfter: instantIn(secret['notAfter']) ?? instantOf(0),
  addresses: Array.isArray(secret['addresses']) ? secret['addresses'].map(String) : undefined,
  rate: storedRate(secret['rate']),
})

/** Present placements of accounts that a key is narrowed to; each must be a living account of this agency. */
export const placementsOf = async (
  read: Reader,
  accounts: readonly TenantId[],
  { chain }: Facts,
): Promise<Result<ReadonlyMap<string, string>, IamError>> => {
  const [agency] = chain
  if (agency?.kind !== 'agency') {
    const detail = 'Only a key of an agency is narrowed to accounts.'
    return err(iamError('invalid_request', { field: 'accounts', detail }))
  }
  const found = await read.getAll(accounts.map((account) => `tenants/${account}/policy/current`))
  const foreign = found.findIndex((policy) => policy?.['parentId'] !== agency.id || policy['status'] === 'deleted')
  if (foreign >= 0) return err(iamError('not_found', { field: `accounts[${foreign}]` }))
  return ok(new Map(accounts.map((account, index) => [account, String(found[index]?.['placementId'])])))
}

/** Scopes by the names that are stored; each must exist, mean something here, and be one that guardrails let keys have. */
export const scopesAsked = (facts: Facts, scopes: readonly string[]): Result<readonly string[], IamError> => {
  const names = scopes.map((scope) => scopeIn(facts, scope)?.name ?? scope)
  const fault = (index: number, code: 'invalid_request' | 'conflict', detail: string) =>
    err(iamError(code, { field: `scopes[${index}]`, detail }))
  const unknown = scopes.findIndex((scope) => scopeIn(facts, scope) === undefined)
  if (unknown >= 0) return fault(unknown, 'invalid_request', 'There is no such scope.')
  const misplaced = scopes.findIndex((scope) => !worksAt(facts, scope))
  if (misplaced >= 0) return fault(misplaced, 'invalid_request', 'This scope means nothing at this tenant or below it.')
  const left = scopesLeft(facts.chain, names)
  const capped = names.findIndex((name) => !left.includes(name))
  if (capped >= 0) return fault(capped, 'conflict', 'A guardrail lets no key here have this scope.')
  return ok([...new Set(names)].sort())
}

/** A scope of a level above would be a promise that nothing keeps. */
const worksAt = (facts: Facts, scope: string): boolean =>
  scopeIn(facts, scope)?.levels.some((level) => levelsFrom(facts.chain).includes(level)) ?? false

/** Undefined when the giver holds all of it (CATALOGUE C-007). `facts` are the giver's, at the key's tenant. */
export const widthFault = (
  facts: Facts,
  extent: KeyExtent,
  { caller, now }: Pick<Admitted<unknown>, 'caller' | 'now'>,
): IamError | undefined => {
  const placements = extent.accounts ?? new Map<string, string>()
  const missing = missingFor(
    facts,
    {
      permissions: usableScopes(facts, extent.scopes),
      reach: extent.accounts === undefined ? 'subtree' : 'listed',
      accounts: [...placements.keys()],
      until: extent.notAfter,
    },
    now,
    placements,
  )
  return missing.length > 0 ? iamError('grant_exceeds_grantor', { missing }) : boundsFault(caller, extent)
}

/** A key passes its own restrictions on: what it makes is used from no more addresses, no more often, and no longer. */
const boundsFault = ({ key, bounds }: Caller, extent: KeyExtent): IamError | undefined => {
  if (key?.notAfter !== undefined && extent.notAfter > key.notAfter) {
    return iamError('grant_exceeds_grantor', { field: 'expiresAt', detail: 'A key makes no key that outlives it.' })
  }
  if (!areWithin(extent.addresses, bounds?.addresses))
    return iamError('grant_exceeds_grantor', { field: 'allowedAddresses' })
  return isRateWithin(extent.rate, bounds?.rate) ? undefined : iamError('grant_exceeds_grantor', { field: 'rate' })
}

/** A key makes keys only when it was given that very power to pass on: most worms begin without (CATALOGUE I-83). */
export const delegationFault = (
  facts: Facts,
  { caller, now, request }: Pick<Admitted<unknown>, 'caller' | 'now' | 'request'>,
): IamError | undefined =>
  caller.key === undefined
    ? undefined
    : errorOf(decide({ permission: 'iam.credentials.delegate', resource: {}, action: {}, request }, facts, now))

export const kindFault = ({ chain }: Facts, owner: PrincipalRef): IamError | undefined =>
  chain.every(({ guardrail: { keyKinds } }) => keyKinds === undefined || keyKinds.includes(kindOfKey(owner)))
    ? undefined
    : iamError('conflict', { detail: `A guardrail lets no ${kindOfKey(owner)} key count here.` })

/** A key that has ended (by its clock, a guardrail, a bulk revocation, or its owner's leaving) is given no new life: only a new key is. */
export const deadFault = async (
  read: Reader,
  { tenant, current }: StoredKey,
  now: Instant,
  { loadFacts }: Pick<CredentialsDependencies, 'loadFacts'>,
): Promise<Result<void, IamError>> => {
  const ended = err(iamError('conflict', { detail: 'This key has ended: make a new one.' }))
  const owner = keyOwner(current.id, current.fields)
  if (owner === undefined || isOver(owner.key?.notAfter, now)) return ended
  const facts = await loadFacts(read, owner, tenant)
  if (!facts.ok) return facts
  return facts.value.subject.active && !isOver(facts.value.token.notAfter, now) ? ok(undefined) : ended
}

/** Whoever has a secret acts as its owner: of a person's key, only that person gets one, or gets one back. */
export const strangerFault = ({ shown }: StoredKey, caller: Pick<Caller, 'principal'>): IamError | undefined => {
  const owner = String(shown['owner'])
  if (owner === caller.principal || !isPrincipalRef(owner) || kindOf(owner) === 'service') return undefined
  const detail = 'This key acts as somebody else: you may disable or revoke it.'
  return iamError('permission_denied', { detail })
}

/** Whether this caller may give all that a stored key carries, once more. */
export const reviveFault = async (
  { read, facts, caller, stored }: Ground,
  { admitted, loadFacts }: { readonly admitted: Admitted<unknown> } & Pick<CredentialsDependencies, 'loadFacts'>,
): Promise<IamError | undefined> => {
  const alive = await deadFault(read, stored, admitted.now, { loadFacts })
  if (!alive.ok) return alive.error
  const giver = { ...admitted, caller }
  return delegationFault(facts, giver) ?? widthFault(facts, extentOf(stored.current.fields), giver)
}
