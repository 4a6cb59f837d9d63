// Who may do something at a tenant: everybody with grants there or above is asked about, a bounded number of them a call.

import { grantsPath, policyPath, userPath } from '@latchkey/core/access/assembly/documents'
import { decide } from '@latchkey/core/access/decide'
import type { Facts } from '@latchkey/core/access/facts'
import { isTenantId, platformTenant, type TenantId } from '@latchkey/core/kernel/ids'
import { idOf, isPrincipalRef, kindOf, type PrincipalRef, userOf } from '@latchkey/core/kernel/principal'
import type { Admitted } from '../../../guard/admitted.ts'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import { prefetched } from '../facts/prefetch.ts'
import { type AskedAttributes, type AskingDependencies, factsOf, refusalOf } from './asked.ts'

export interface SubjectSearch {
  readonly admitted: Pick<Admitted<unknown>, 'facts' | 'tenant' | 'read' | 'request' | 'now'>
  /** All of them must be allowed. */
  readonly permissions: readonly string[]
  readonly attributes: AskedAttributes
  readonly kind: 'user' | 'service' | undefined
}

export interface Place {
  readonly at: TenantId
  readonly after: string | undefined
}

export interface Found {
  readonly principal: string
  readonly displayName?: string
}

export interface SearchPage {
  readonly found: readonly Found[]
  /** Where to go on; undefined when everybody has been looked at. */
  readonly next: Place | undefined
  readonly hiddenAbove: boolean
}

/** So many are looked at in one call, whether or not they may: a search never runs long. */
const mostLookedAt = 200
const atOnce = 50

export const searchSubjects = async (
  search: SubjectSearch,
  { limit, from }: { readonly limit: number; readonly from: Place | undefined },
  dependencies: AskingDependencies,
): Promise<SearchPage> => {
  const { places, hiddenAbove } = placesOf(search)
  const start = from === undefined ? 0 : places.indexOf(from.at)
  const found: Found[] = []
  let looked = 0
  for (let index = Math.max(start, 0); index < places.length && start >= 0; index++) {
    const at = places[index] ?? search.admitted.tenant
    let after = index === start ? from?.after : undefined
    for (;;) {
      if (looked >= mostLookedAt || found.length >= limit) return { found, next: { at, after }, hiddenAbove }
      const page = await candidates(search, at, after)
      const able = await ableOnes(search, page.principals, places.slice(0, index), dependencies)
      const room = able.slice(0, limit - found.length)
      found.push(...room)
      const last = room.at(-1)?.principal
      // A page that was cut short goes on after the last one that is shown.
      if (room.length < able.length && last !== undefined) return { found, next: { at, after: last }, hiddenAbove }
      looked += page.principals.length
      if (page.next === undefined) break
      after = page.next
    }
  }
  return { found, next: undefined, hiddenAbove }
}

/**
 * The tenant, and those above it where the caller may see who works there (CATALOGUE I-28). That people of the agency
 * were left out is said; that the platform has staff is nothing new.
 */
const placesOf = ({
  admitted,
}: SubjectSearch): { readonly places: readonly TenantId[]; readonly hiddenAbove: boolean } => {
  const { chain } = admitted.facts
  const open = chain.filter((_node, index) => {
    // The chain above is part of the facts already: the same grants, looked at from there.
    const facts = { ...admitted.facts, chain: chain.slice(index) }
    return index === 0 || refusalOf('iam.members.list', { ...admitted, facts }) === undefined
  })
  const hidden = chain.filter((node) => !open.includes(node))
  return { places: open.map((node) => node.id), hiddenAbove: hidden.some((node) => node.kind !== 'platform') }
}

const candidates = async ({ admitted, kind }: SubjectSearch, at: TenantId, after: string | undefined) => {
  const found = await admitted.read.list({
    collection: `tenants/${at}/grants`,
    ...(after === undefined ? {} : { after }),
    limit: atOnce,
  })
  const principals = found
    .map(({ id }) => id)
    .filter(isPrincipalRef)
    .filter((one) => (kind === undefined ? kindOf(one) !== 'team' : kindOf(one) === kind))
  return { principals, next: found.length < atOnce ? undefined : found.at(-1)?.id }
}

/** Those who may, each once: whoever has grants at a tenant looked at before has been asked about there. */
const ableOnes = async (
  { admitted, permissions, attributes }: SubjectSearch,
  principals: readonly PrincipalRef[],
  before: readonly TenantId[],
  dependencies: AskingDependencies,
): Promise<readonly Found[]> => {
  const { tenant, facts, now } = admitted
  const read = await prefetched(admitted.read, pathsFor(facts, principals))
  const seen = await Promise.all(principals.map((one) => hasGrantsIn(read, one, before)))
  const able: Found[] = []
  for (const principal of principals.filter((_, index) => seen[index] === false)) {
    const theirs = await factsOf(principal, { read, tenant, now }, dependencies)
    if (!theirs.ok) continue
    const ask = (permission: string): boolean =>
      decide({ permission, ...attributes, request: { time: new Date(now) } }, theirs.value, now).allowed
    if (permissions.every(ask)) able.push({ principal, ...(await nameOf(read, principal, theirs.value)) })
  }
  return able
}

const pathsFor = ({ chain }: Facts, principals: readonly PrincipalRef[]): readonly string[] => [
  ...chain.map((node) => policyPath(node.id)),
  ...principals.flatMap((one) => chain.map((node) => grantsPath(node.id, one))),
  ...principals.flatMap((one) => (userOf(one) === undefined ? [] : [userPath(idOf(one))])),
]

const hasGrantsIn = async (read: Reader, principal: PrincipalRef, places: readonly TenantId[]): Promise<boolean> => {
  const found = await read.getAll(places.map((at) => grantsPath(at, principal)))
  return found.some((fields) => fields !== undefined)
}

/** As the nearest tenant calls them. */
const nameOf = async (read: Reader, principal: PrincipalRef, { chain }: Facts): Promise<{ displayName?: string }> => {
  const below = chain.filter((node) => node.id !== platformTenant)
  const found = await read.getAll(below.map((node) => `tenants/${node.id}/members/${idOf(principal)}`))
  const member = found.find((fields: DocumentFields | undefined) => typeof fields?.['displayName'] === 'string')
  return member === undefined ? {} : { displayName: String(member['displayName']) }
}

/** `agy_…~user:…`: where a search goes on. */
export const placeText = ({ at, after }: Place): string => `${at}~${after ?? ''}`

export const placeIn = (text: string): Place | undefined => {
  const [at = '', after = '', ...rest] = text.split('~')
  if (!isTenantId(at) || rest.length > 0 || (after !== '' && !isPrincipalRef(after))) return undefined
  return { at, after: after === '' ? undefined : after }
}
