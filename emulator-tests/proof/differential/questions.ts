// Generated questions, what the oracle answers, and how each door is asked the same thing.
import type { AttributeMap, TokenFacts } from '@latchkey/core/access/facts'
import { type ReferenceAnswer, referenceDecide } from '@latchkey/core/access/reference.fixture'
import { idOf, kindOf, type PrincipalRef } from '@latchkey/core/kernel/principal'
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import type { Random } from '../support/random.ts'
import { factsOf, session } from './book-facts.ts'
import { head, type KeyRecord, type Ledger, recordOf } from './ledger.ts'

export interface Asked {
  readonly principal: PrincipalRef
  readonly tenant: string
  readonly permission: string
  readonly resource: { readonly type: string; readonly id: string } | undefined
  /** Asserted beside it. */
  readonly properties: Readonly<Record<string, string>>
  readonly action: Readonly<Record<string, boolean>>
}

/** A person who is only asked about is taken as just signed in: what they may do, once they do. */
const asked = (principal: PrincipalRef, now: Instant): TokenFacts =>
  session(kindOf(principal) === 'user' ? now : undefined)

export const oracle = (ledger: Ledger, question: Asked, presented?: TokenFacts): ReferenceAnswer => {
  const { principal, tenant, permission, action } = question
  const now = instantOf(Date.now())
  const token = presented ?? asked(principal, now)
  const request = { time: new Date(now) }
  const whole = { permission, action, request, resource: attributesOf(ledger, question) }
  return referenceDecide(whole, factsOf(ledger, principal, tenant, token), now)
}

/** What is registered under this type and id at this very tenant, and over it what was asserted. */
export const attributesOf = (ledger: Ledger, { tenant, resource, properties }: Asked): AttributeMap => {
  if (resource === undefined) return {}
  const { type, id } = resource
  const known = recordOf(ledger.tenants, tenant).resources.findLast((one) => one.type === type && one.id === id)
  const owner = known?.ownerId === undefined ? {} : { ownerId: known.ownerId }
  return { ...known?.properties, ...owner, ...properties, type, id }
}

/** The tenant, and its agency when it is an account. */
const placesOf = (ledger: Ledger, tenant: string): readonly string[] => {
  const { parent } = recordOf(ledger.tenants, tenant)
  return ledger.tenants.has(parent) ? [tenant, parent] : [tenant]
}

/** Mostly somebody who stands there or above: strangers, whom nobody sees anything of, are asked about, too. */
export const somebodyAt = (
  random: Random,
  ledger: Ledger,
  everybody: readonly PrincipalRef[],
  tenant: string,
): PrincipalRef => {
  const near = everybody.filter((one) =>
    placesOf(ledger, tenant).some((place) => ledger.seen(place, one) !== undefined),
  )
  return random.pick(near.length > 0 && random.chance(0.8) ? near : everybody)
}

/** Mostly where they stand, or an account below. */
export const somewhereFor = (random: Random, ledger: Ledger, principal: PrincipalRef): string => {
  const all = [...ledger.tenants.keys()]
  const near = all.filter((tenant) =>
    placesOf(ledger, tenant).some((place) => ledger.seen(place, principal) !== undefined),
  )
  return random.pick(near.length > 0 && random.chance(0.8) ? near : all)
}

const numberToName = new Map([...head.permissionByName.values()].map(({ number, name }) => [number, name]))

/** Permissions of some role that the principal was given: else almost every answer would be no. */
const heldBy = (ledger: Ledger, principal: PrincipalRef, tenant: string): readonly string[] => {
  const here = recordOf(ledger.tenants, tenant)
  const above = ledger.tenants.get(here.parent)
  const places = above === undefined ? [here] : [here, above]
  const teams = places.flatMap(({ id }) => ledger.seen(id, principal)?.teams ?? [])
  const everybody = [principal, ...teams.map((team) => `team:${team}` as PrincipalRef)] // as the product writes it
  const given = places.flatMap(({ id }) => everybody.flatMap((one) => ledger.seen(id, one)?.given ?? []))
  return given.flatMap(({ role }) => {
    const numbers = places.flatMap((place) => place.roles.get(role)?.permissions ?? [])
    const own = places.flatMap((place) => [...place.own.values()]).filter(({ number }) => numbers.includes(number))
    const named = numbers.flatMap((number) => numberToName.get(number) ?? [])
    return [...named, ...own.map(({ name }) => name), ...(head.roleByName.get(role)?.entry.permissions ?? [])]
  })
}

const everyName = [...head.permissionByName.keys()]
const others = ['own/record.read', 'own/record.write', 'own/record.share', 'own/invoice.approve', 'nobody.knows']

export const permissionFor = (random: Random, ledger: Ledger, principal: PrincipalRef, tenant: string): string => {
  const held = heldBy(ledger, principal, tenant)
  if (held.length > 0 && random.chance(0.6)) return random.pick(held)
  return random.pick(random.chance(0.3) ? others : everyName)
}

/** Of a key mostly something that its scopes are for: it may still be more than its owner holds. */
export const permissionForKey = (random: Random, ledger: Ledger, key: KeyRecord, tenant: string): string => {
  const scoped = key.scopes.flatMap((scope) => head.scopeByName.get(scope)?.entry.permissions ?? [scope])
  const held = new Set(heldBy(ledger, key.principal, tenant))
  const both = scoped.filter((name) => held.has(name))
  if (both.length > 0 && random.chance(0.6)) return random.pick(both)
  return permissionFor(random, ledger, key.principal, tenant)
}

export const generate = (random: Random, ledger: Ledger, principal: PrincipalRef, tenant: string): Asked => {
  const permission = permissionFor(random, ledger, principal, tenant)
  const plain = { principal, tenant, permission, properties: {}, action: {} }
  if (random.chance(0.25)) return { ...plain, resource: undefined }
  const { resources } = recordOf(ledger.tenants, tenant)
  if (random.chance(0.4)) return { ...plain, resource: random.pick(resources) }
  const owner = random.chance(0.5) ? { ownerId: idOf(principal) } : {}
  const stage = random.chance(0.5) ? { stage: random.pick(['won', 'lost', 'open']) } : {}
  const action: Record<string, boolean> = random.chance(0.3) ? { soft: random.chance(0.5) } : {}
  const resource = { type: random.pick(['record', 'contacts', 'thing']), id: `r${random.below(9)}` }
  return { ...plain, resource, properties: { ...owner, ...stage }, action }
}

const named = (principal: PrincipalRef): object => ({ [kindOf(principal)]: idOf(principal) })

/** As `access/check` takes it; with nothing asserted for those who may not assert. */
export const asCheck = ({ tenant, permission, principal, resource, properties, action }: Asked): object => {
  const { ownerId, ...rest } = properties
  const asserted = {
    ...(ownerId === undefined ? {} : { ownerId }),
    ...(Object.keys(rest).length === 0 ? {} : { properties: rest }),
  }
  return {
    tenant,
    permission,
    principal: named(principal),
    ...(resource === undefined ? {} : { resource: { type: resource.type, id: resource.id, ...asserted } }),
    ...(Object.keys(action).length === 0 ? {} : { action }),
  }
}

/** Nothing is asserted, and nobody else is asked about. */
export const aboutOneself = (asked: Asked): Asked => ({ ...asked, properties: {}, action: {} })

export const asSelfCheck = ({ tenant, permission, resource }: Asked): object => ({
  tenant,
  permission,
  ...(resource === undefined ? {} : { resource: { type: resource.type, id: resource.id } }),
})

/** AuthZEN has no question without a resource; an action is the last part of a permission where the type says the rest. */
export const asEvaluation = ({ principal, permission, resource, properties, action }: Asked) => {
  const known = resource ?? { type: 'thing', id: 'any' }
  const [type, name] = [
    permission.slice(0, permission.lastIndexOf('.')),
    permission.slice(permission.lastIndexOf('.') + 1),
  ]
  const said = type === known.type || type === `own/${known.type}` ? name : permission
  return {
    subject: { type: kindOf(principal), id: idOf(principal) },
    action: { name: said, ...(Object.keys(action).length === 0 ? {} : { properties: action }) },
    resource: { type: known.type, id: known.id, ...(Object.keys(properties).length === 0 ? {} : { properties }) },
  }
}

/** The same question with the resource that AuthZEN makes of none. */
export const withResource = (asked: Asked): Asked => ({
  ...asked,
  resource: asked.resource ?? { type: 'thing', id: 'any' },
})
