// What a question is about: whose facts, and the attributes of the resource and the action, each from a source that counts.
import type { traceView } from '@latchkey/core/access/contract/questions'
import { attributesOf, type properties, type resourceInput } from '@latchkey/core/access/contract/resource'
import { decide } from '@latchkey/core/access/decide'
import { errorOf } from '@latchkey/core/access/decision'
import type { AttributeMap, Facts, Question } from '@latchkey/core/access/facts'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import type { KeyId, TenantId } from '@latchkey/core/kernel/ids'
import { kindOf, type Named, namedRef, type PrincipalRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import type { Caller } from '../../../guard/caller.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { LoadFacts } from '../facts/load-facts.ts'
import { registeredAttributes, resourcePath } from '../resources/resource-document.ts'

export interface AskingDependencies {
  readonly loadFacts: LoadFacts
}

export type Sources = z.output<typeof traceView>['sources']

/** The part of every question's input that says what it is about. */
export interface AskedInput {
  readonly principal?: Named | undefined
  /** A key, asked about instead. */
  readonly key?: KeyId | undefined
  readonly resource?: z.output<typeof resourceInput> | undefined
  readonly action?: z.output<typeof properties> | undefined
}

/** Somebody who is only asked about: as their assignments stand, through no credential of theirs. */
export const onlyNamed = (principal: PrincipalRef): Caller => ({
  principal,
  credential: 'none',
  kind: 'session',
  session: undefined,
  key: undefined,
})

/** Through the credential at hand. Who names the owner of a key asks about somebody: a key tells no more of them than it may. */
export const isAboutOneself = ({ input, caller }: Pick<Admitted<AskedInput>, 'input' | 'caller'>): boolean =>
  (input.principal === undefined && input.key === undefined) ||
  (input.principal !== undefined && caller.kind === 'session' && namedRef(input.principal) === caller.principal)

/** Somebody's facts as their assignments stand, as if they had just signed in: what they may do, once they do. */
export const factsOf = async (
  principal: PrincipalRef,
  { read, tenant, now }: Pick<Admitted<unknown>, 'read' | 'tenant' | 'now'>,
  { loadFacts }: AskingDependencies,
): Promise<Result<Facts, IamError>> => {
  const facts = await loadFacts(read, onlyNamed(principal), tenant)
  if (!facts.ok || kindOf(principal) !== 'user') return facts
  return ok({ ...facts.value, token: { ...facts.value.token, signedInAt: now } })
}

/** Whether the caller holds a permission at the tenant of the call; for what a definition cannot declare. */
export const refusalOf = (
  permission: string,
  { facts, request, now }: Pick<Admitted<unknown>, 'facts' | 'request' | 'now'>,
  resource: AttributeMap = {},
): IamError | undefined => errorOf(decide({ permission, resource, action: {}, request }, facts, now))

/** The facts of the one asked about. About others, `permission` must be held at the tenant. */
export const factsAsked = async (
  admitted: Admitted<AskedInput>,
  permission: string,
  dependencies: AskingDependencies,
): Promise<Result<Facts, IamError>> => {
  const { input, facts } = admitted
  if (input.principal === undefined || isAboutOneself(admitted)) return ok(facts)
  const refusal = refusalOf(permission, admitted)
  return refusal === undefined ? factsOf(namedRef(input.principal), admitted, dependencies) : err(refusal)
}

/**
 * The tenants of the chain whose assignments the asker may see: about oneself all of them, about others where they may list them.
 * What stands above is not shown to who works below (CATALOGUE I-28).
 */
export const shownTenants = (admitted: Admitted<AskedInput>): ReadonlySet<TenantId> => {
  const { chain } = admitted.facts
  const shown = chain.filter((_node, index) => {
    const facts = { ...admitted.facts, chain: chain.slice(index) }
    return isAboutOneself(admitted) || refusalOf('iam.assignments.list', { ...admitted, facts }) === undefined
  })
  return new Set(shown.map((node) => node.id))
}

export interface AskedAttributes {
  readonly resource: AttributeMap
  readonly action: AttributeMap
  readonly sources: Sources
}

/**
 * Attributes of `resource` and `action`: what the registry knows of the resource, and over it what the caller asserts,
 * which counts only from a holder of `iam.attributes.assert` (for that type, when their assignment has such a condition).
 */
export const attributesAsked = async (
  admitted: Pick<Admitted<AskedInput>, 'input' | 'facts' | 'tenant' | 'read' | 'request' | 'now'>,
): Promise<Result<AskedAttributes, IamError>> => {
  const { input, tenant, read } = admitted
  const { resource, action } = input
  const asserted = resource?.ownerId !== undefined || resource?.properties !== undefined || action !== undefined
  const type = resource?.type
  if (asserted) {
    const refusal = refusalOf('iam.attributes.assert', admitted, type === undefined ? {} : { type })
    if (refusal !== undefined) return err(refusal)
  }
  const registered = await registeredOf(read, tenant, resource)
  return ok({
    resource: { ...registered, ...(resource === undefined ? {} : attributesOf(resource)) },
    action: action ?? {},
    sources: [...(registered === undefined ? [] : ['registry' as const]), ...(asserted ? ['asserted' as const] : [])],
  })
}

const registeredOf = async (
  read: Reader,
  tenant: TenantId,
  resource: AskedInput['resource'],
): Promise<AttributeMap | undefined> => {
  if (resource?.type === undefined || resource.id === undefined) return undefined
  const [fields] = await read.getAll([resourcePath(tenant, resource.type, resource.id)])
  return fields === undefined ? undefined : registeredAttributes(fields)
}

/** Of somebody else's next request only its time can be guessed. */
export const questionOf = (
  permission: string,
  { resource, action }: AskedAttributes,
  admitted: Pick<Admitted<AskedInput>, 'input' | 'caller' | 'request' | 'now'>,
): Question => ({
  permission,
  resource,
  action,
  request: isAboutOneself(admitted) ? admitted.request : { time: new Date(admitted.now) },
})

/** What cannot be seen is not there: the same answer for a foreign tenant and for one that never was. */
export const unseen = (): Result<never, IamError> => err(iamError('not_found'))
