// How many living keys a guardrail would end or narrow that does neither today: at its tenant, and at the accounts below.
import { policyPath, readPolicy } from '@latchkey/core/access/assembly/documents'
import type { NodeFacts } from '@latchkey/core/access/facts'
import { endingCaps, scopesLeft } from '@latchkey/core/access/key-caps'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef } from '@latchkey/core/kernel/principal'
import type { Instant } from '@latchkey/core/kernel/time'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'
import { livingKeys } from './living-keys.ts'

export interface AskedCaps {
  /** From the guardrail's tenant upwards, as it is and as it would be. */
  readonly before: readonly NodeFacts[]
  readonly after: readonly NodeFacts[]
  /** Of whose keys somebody may know: asked for each tenant by its chain. */
  readonly maySee: (chain: readonly NodeFacts[]) => boolean
  readonly now: Instant
}

export const countCapped = async (read: Reader, asked: AskedCaps) => {
  const { before, after, now } = asked
  const tenant = before[0]?.id
  if (tenant === undefined || !asked.maySee(before)) return undefined
  const { keys, complete } = await livingKeys(read, {
    chain: before.map(({ id }) => id),
    tenant,
    owner: undefined,
    now,
  })
  const below = await nodesBelow(
    read,
    keys.map((key) => key.tenant).filter((id) => id !== tenant),
  )
  const fates = keys.map(({ tenant: at, fields }) => {
    const node = at === tenant ? [] : [below.get(at)].filter((one) => one !== undefined)
    // What cannot be read counts for nothing anyway.
    if (at !== tenant && (node.length === 0 || !asked.maySee([...node, ...before]))) return 'same'
    return fateOf(fields, [...node, ...before], { after: [...node, ...after], now })
  })
  const many = (fate: Fate): number => fates.filter((one) => one === fate).length
  return { ending: many('ends'), narrowed: many('narrows'), complete }
}

type Fate = 'ends' | 'narrows' | 'same'

const fateOf = (
  fields: DocumentFields,
  before: readonly NodeFacts[],
  { after, now }: Pick<AskedCaps, 'after' | 'now'>,
): Fate => {
  const owner = String(fields['owner'])
  const createdAt = instantIn(fields['createdAt'])
  if (!isPrincipalRef(owner) || createdAt === undefined) return 'same'
  const ended = (chain: readonly NodeFacts[]) => endingCaps(chain, { owner, createdAt }, now).length > 0
  if (ended(before)) return 'same'
  if (ended(after)) return 'ends'
  const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : []
  const left = scopesLeft(before, scopes)
  return scopesLeft(after, left).length < left.length ? 'narrows' : 'same'
}

const nodesBelow = async (read: Reader, tenants: readonly TenantId[]): Promise<ReadonlyMap<string, NodeFacts>> => {
  const each = [...new Set(tenants)]
  const policies = await read.getAll(each.map(policyPath))
  const nodes = each.map((id, index) => {
    const fields = policies[index]
    return fields === undefined ? undefined : readPolicy(id, fields)
  })
  return new Map(nodes.filter((node) => node !== undefined).map((node) => [node.id, node]))
}
