// `POST /v1/credentials/verify`: a service asks who is behind a credential and what they may do. A bad credential is an answer, not an error.

import type { KeyFacts } from '@latchkey/core/access/assembly/asker'
import { attributesOf } from '@latchkey/core/access/contract/resource'
import { decide, isVisible } from '@latchkey/core/access/decide'
import { errorOf } from '@latchkey/core/access/decision'
import type { AttributeMap, Facts } from '@latchkey/core/access/facts'
import { scopesLeft } from '@latchkey/core/access/key-caps'
import { verifyInput, verifyOutput } from '@latchkey/core/credentials/contract'
import { isFrom } from '@latchkey/core/credentials/ip-range'
import { parseSecret } from '@latchkey/core/credentials/secret-format'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { earliest, type Instant, isOver, toIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import type { Caller } from '../../../guard/caller.ts'
import { operation } from '../../../guard/definition.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { authenticateKey } from './authenticate-key.ts'

type Input = z.output<typeof verifyInput>
type Answer = z.output<typeof verifyOutput>

export const verifyCredential = (dependencies: CredentialsDependencies) =>
  operation({
    group: 'credentials',
    name: 'verify',
    summary: 'Says who is behind a credential, at which tenant, with which scopes, and decides permissions for it.',
    input: verifyInput,
    output: verifyOutput,
    access: { permission: 'iam.credentials.verify' },
    tenant: (input, caller) => caller.key?.tenant ?? input.tenant,
    effect: 'read',
    rate: 'verify',
    cached: true,
    atLeast: (input) => input.atLeast,
    path: '/v1/credentials/verify',
    handler: (admitted) => {
      const resource = resourceOf(admitted)
      return resource.ok ? answerFor(admitted, resource.value, dependencies) : Promise.resolve(resource)
    },
  })

/** The same for garbage, unknown, revoked, expired, and for anybody else's: nothing tells them apart. */
const inactive: Answer = { active: false, code: 'invalid_token' }

const answerFor = async (
  admitted: Admitted<Input>,
  resource: AttributeMap,
  { loadFacts, noteUse, noteDenial, takeUse }: CredentialsDependencies,
): Promise<Result<Answer, IamError>> => {
  const { input, now, facts, read } = admitted
  const secret = parseSecret(input.credential)
  const subject = secret === undefined ? undefined : await authenticateKey(read, secret, now)
  if (subject?.key === undefined) return ok(inactive)
  const home = await loadFacts(read, subject, subject.key.tenant)
  const asker = facts.chain[0]?.id
  if (!home.ok && home.error.code === 'unavailable') return home // not known is not invalid
  if (!home.ok || !home.value.chain.some((node) => node.id === asker)) return ok(inactive)
  const used =
    input.tenant === undefined || input.tenant === subject.key.tenant
      ? home
      : await loadFacts(read, subject, input.tenant)
  if (!used.ok && used.error.code === 'unavailable') return used
  const unusable = unusableCode(home.value, used.ok ? used.value : undefined, now)
  if (unusable !== undefined) return ok({ active: false, code: unusable })
  const outside = restrictionCode(subject, input.address)
  if (outside !== undefined) return ok({ active: false, code: outside })
  const taken = takeUse(subject, now)
  const wait = typeof taken === 'number' ? taken : await taken
  if (wait > 0) return ok({ active: false, code: 'rate_limited', retryAfterSeconds: wait })
  await noteUse(subject, now, input.address)
  const decided = input.permissions.map((permission) =>
    verdict(permission, used.ok ? used.value : undefined, { resource, now }),
  )
  if (decided.some(({ allowed }) => !allowed))
    await noteRefused(decided, { subject, key: subject.key, now }, noteDenial)
  const there = [home.value, ...(used.ok ? [used.value] : [])]
  return ok({ ...described(subject, subject.key, there), permissions: decided })
}

/** Its owner is gone or holds nothing there any more, nor where it is used, or the tenant is stopped: well-formed but good for nothing. */
const unusableCode = (home: Facts, used: Facts | undefined, now: Instant): string | undefined => {
  if (isOver(home.token.notAfter, now)) return 'invalid_token' // a guardrail's ceiling, too, ends it
  if (!home.subject.active) return 'principal_inactive'
  if (home.chain.some((node) => node.status !== 'active')) return 'tenant_suspended'
  const holds = holdsSomething(home, now) || (used !== undefined && isVisible(used, now))
  return holds ? undefined : 'no_assignment'
}

/** The service alone knows where its client is; what it does not say counts as nowhere (CATALOGUE C-013). */
const restrictionCode = ({ bounds }: Caller, address: string | undefined): string | undefined => {
  if (bounds?.addresses === undefined) return undefined
  if (address === undefined) return 'address_required'
  return isFrom(bounds.addresses, address) ? undefined : 'restriction_failed'
}

/** At the key's own tenant, or in accounts that its owner's assignments there list; a key narrowed to accounts does not reach its own tenant. */
const holdsSomething = (home: Facts, now: Instant): boolean =>
  isVisible({ ...home, token: { ...home.token, accounts: undefined } }, now) ||
  home.subject.grants.some(
    ({ at, status, entries }) =>
      at === home.chain[0]?.id &&
      status === 'active' &&
      entries.some(({ reach, until }) => reach === 'listed' && !isOver(until, now)),
  )

/** With what guardrails leave of it, at its own tenant and where it is used. */
const described = (subject: Caller, key: KeyFacts, there: readonly Facts[]) => {
  const end = earliest(...there.map(({ token }) => token.notAfter))
  const chain = there.flatMap((facts) => facts.chain)
  return {
    active: true,
    code: 'active',
    credential: subject.credential,
    principal: subject.principal,
    tenant: key.tenant,
    scopes: [...scopesLeft(chain, key.scopes)],
    ...(end === undefined ? {} : { expiresAt: toIso(end) }),
  }
}

interface Verified {
  readonly subject: Caller
  readonly key: KeyFacts
  readonly now: Instant
}

/**
 * Kept where the key lives, for its owner: what a service refuses in our name is refused by us. Of tenants that are not
 * the key's, not even the id is kept there.
 */
const noteRefused = async (
  decided: readonly { readonly permission: string; readonly allowed: boolean; readonly code: string }[],
  { subject, key, now }: Verified,
  noteDenial: CredentialsDependencies['noteDenial'],
): Promise<void> => {
  const about = { tenant: key.tenant, principal: subject.principal, credential: subject.credential, now }
  const refused = decided.filter(({ allowed }) => !allowed)
  await Promise.all(
    refused.map(({ permission, code }) => noteDenial({ ...about, operation: 'credentials/verify', permission, code })),
  )
}

interface Asked {
  readonly resource: AttributeMap
  readonly now: Instant
}

/** A tenant that does not exist and one that the credential does not cover give the same. */
const verdict = (permission: string, facts: Facts | undefined, { resource, now }: Asked) => {
  if (facts === undefined) return { permission, allowed: false, code: 'tenant_not_visible' }
  const { allowed, code } = decide({ permission, resource, action: {}, request: { time: new Date(now) } }, facts, now)
  return { permission, allowed, code }
}

/** Attributes count only from a caller that may vouch for them (DESIGN.md §3). */
const resourceOf = ({ input, facts, now, request }: Admitted<Input>): Result<AttributeMap, IamError> => {
  if (input.resource === undefined) return ok({})
  const refusal = errorOf(
    decide({ permission: 'iam.attributes.assert', resource: {}, action: {}, request }, facts, now),
  )
  if (refusal !== undefined) return err(refusal.code === 'not_found' ? iamError('not_found') : refusal)
  return ok(attributesOf(input.resource))
}
