// `apiKeys/update`: another name, fewer or more scopes, accounts, addresses, uses or days, with the same secret. Less may always be; more must be held.

import type { Facts } from '@latchkey/core/access/facts'
import { longestLives } from '@latchkey/core/access/key-caps'
import { ownScopesIn } from '@latchkey/core/access/meaning/scopes'
import { keyView, updateKeyInput } from '@latchkey/core/credentials/contract'
import { type KeyExtent, onlyNarrows } from '@latchkey/core/credentials/key-change'
import { rateOf } from '@latchkey/core/credentials/rate-plan'
import { keyStatus } from '@latchkey/core/credentials/rotation'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { normalizeName } from '@latchkey/core/kernel/names'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { earliest, type Instant, instantOf } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { type DocumentFields, instantIn, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { changing, type Ground, type PlannedChange, stateFault } from './change-key.ts'
import type { StoredKey } from './key-document.ts'
import { deadFault, delegationFault, endOf, extentOf, placementsOf, scopesAsked, widthFault } from './key-power.ts'
import { keyWrite, secretWrite, whole } from './key-writes.ts'

type Input = z.output<typeof updateKeyInput>

const permission = 'iam.apiKeys.update'

export const updateKey = (dependencies: CredentialsDependencies) =>
  operation({
    group: 'apiKeys',
    name: 'update',
    summary: 'Changes what a key may do, from where, how often and how long, without a new secret.',
    input: updateKeyInput,
    output: keyView,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async (admitted) => {
      const name = admitted.input.name === undefined ? ok(undefined) : normalizeName(admitted.input.name)
      if (!name.ok) return name
      return dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: changing(admitted, permission, dependencies, (ground) =>
          plan(ground, admitted, name.value, dependencies),
        ),
        answer: (outcome) => outcome,
      })
    },
  })

const plan = async (
  ground: Ground,
  admitted: Admitted<Input>,
  name: string | undefined,
  dependencies: CredentialsDependencies,
): Promise<Result<PlannedChange, IamError>> => {
  const { stored, facts } = ground
  const status = keyStatus(stored.shown['status'], instantIn(stored.shown['notAfter']), admitted.now)
  if (status === 'revoked') return stateFault('This key is revoked, for good.')
  const next = await extentAsked(ground.read, ground, admitted)
  if (!next.ok) return next
  const widens = !onlyNarrows(extentOf(stored.current.fields), next.value)
  const refusal = widens ? await wideningFault(ground, next.value, admitted, dependencies) : undefined
  return refusal === undefined
    ? ok(planned(stored, admitted, { name, extent: next.value, facts, widens }))
    : err(refusal)
}

/** More of anything is the whole key given anew: by whoever holds all of it, and only while the key lives. */
const wideningFault = async (
  { read, facts, caller, stored }: Ground,
  extent: KeyExtent,
  admitted: Admitted<Input>,
  dependencies: CredentialsDependencies,
): Promise<IamError | undefined> => {
  const alive = await deadFault(read, stored, admitted.now, dependencies)
  if (!alive.ok) return alive.error
  const giver = { ...admitted, caller }
  return delegationFault(facts, giver) ?? widthFault(facts, extent, giver)
}

/** What the key would be: fields that are not named stay, and null takes a restriction away. */
const extentAsked = async (
  read: Reader,
  { facts, stored }: Pick<Ground, 'facts' | 'stored'>,
  { input, now }: Admitted<Input>,
): Promise<Result<KeyExtent, IamError>> => {
  const before = extentOf(stored.current.fields)
  const scopes = input.scopes === undefined ? ok(before.scopes) : scopesKept(facts, before.scopes, input.scopes)
  if (!scopes.ok) return scopes
  const accounts = input.accounts
    ? await placementsOf(read, input.accounts, facts)
    : ok(orNone(input.accounts, before.accounts))
  if (!accounts.ok) return accounts
  const end = input.expiresAt === undefined ? ok(before.notAfter) : endOf(input.expiresAt, now, madeAt(stored))
  if (!end.ok) return end
  const caps = input.expiresAt === undefined ? [] : longestLives(facts.chain, madeAt(stored))
  return ok({
    scopes: scopes.value,
    accounts: accounts.value,
    notAfter: earliest(end.value, ...caps) ?? now,
    addresses: input.allowedAddresses ?? orNone(input.allowedAddresses, before.addresses),
    rate: input.rate ? rateOf(input.rate) : orNone(input.rate, before.rate),
  })
}

/** One that cannot be read was made as long ago as can be. */
const madeAt = ({ current }: StoredKey): Instant => instantIn(current.fields['createdAt']) ?? instantOf(0)

const orNone = <Value>(asked: unknown, before: Value): Value | undefined => (asked === null ? undefined : before)

/** What it has it may keep, whatever a guardrail or the catalogue says of it by now: it counts for no more than that. */
const scopesKept = (facts: Facts, before: readonly string[], asked: readonly string[]) => {
  const kept = asked.filter((scope) => before.includes(scope))
  const added = asked.filter((scope) => !before.includes(scope))
  const names = scopesAsked(facts, added)
  if (names.ok) return ok([...new Set([...kept, ...names.value])].sort())
  const at = asked.indexOf(added[Number(/\d+/.exec(names.error.field ?? '')?.[0] ?? 0)] ?? '')
  return err(iamError(names.error.code, { ...names.error, field: `scopes[${at}]` }))
}

interface Decided {
  readonly name: string | undefined
  readonly extent: KeyExtent
  readonly facts: Facts
  readonly widens: boolean
}

const planned = (
  stored: StoredKey,
  { input, now }: Admitted<Input>,
  { name, extent, facts, widens }: Decided,
): PlannedChange => {
  const rate = input.rate ?? orNone(input.rate, stored.shown['rate'])
  const shared = {
    scopes: extent.scopes,
    notAfter: timestampOf(extent.notAfter),
    rate,
    // What was judged anew is recorded as it was judged; what only shrank means no more than it did (CATALOGUE C-007).
    ...(widens ? { catalogueVersion: facts.head.version } : {}),
  }
  const hidden = {
    ...shared,
    accounts: extent.accounts === undefined ? undefined : Object.fromEntries(extent.accounts),
    addresses: extent.addresses,
    ...(widens ? { ownScopes: ownIn(facts, extent.scopes) } : {}),
  }
  // Nobody is reminded of an end that they have only just set.
  const endSet = input.expiresAt === undefined ? {} : { endSetAt: timestampOf(now) }
  const accounts = extent.accounts === undefined ? undefined : [...extent.accounts.keys()]
  const secrets = [stored.current, stored.old].filter((secret) => secret !== undefined)
  const changed = Object.keys(whole(input)).filter((field) => field !== 'tenant' && field !== 'key')
  return {
    writes: [
      keyWrite(stored, { ...shared, ...endSet, accounts, ...(name === undefined ? {} : { name }) }),
      ...secrets.map((secret) => secretWrite(secret, hidden)),
    ],
    event: { type: 'credentials.key_updated', details: { changed, scopes: extent.scopes } },
  }
}

const ownIn = ({ chain }: Facts, scopes: readonly string[]): DocumentFields | undefined => {
  const own = ownScopesIn(chain, scopes)
  return own.size === 0 ? undefined : Object.fromEntries(own)
}
