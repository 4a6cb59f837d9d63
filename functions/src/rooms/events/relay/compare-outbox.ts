// For the reconciler: relays what nobody relayed in time, because a trigger was lost or Pub/Sub was down for longer than triggers try.
import { type Instant, minutes, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { sentenceOf } from '../../../platform/log.ts'
import { outboxShards } from '../../../platform/store/commit.ts'
import { isOutage } from '../../../platform/store/parked.ts'
import { type RelayDependencies, type Relayed, relayEvent } from './relay-event.ts'

/** A trigger that is at work on it is done by then. */
const graceSeconds = minutes(2)
/** Events of one tenant and shard before the other tenants have their turn, and tenants of a shard a page (CATALOGUE T-46). */
const turn = 50
const mostTenants = 20

/** After which tenant each shard goes on; null at its end. */
interface Place {
  readonly after: readonly (string | null)[]
  /** Somebody had more than a turn: once everybody had theirs, it begins anew. */
  readonly more: boolean
}

const start: Place = { after: Array.from({ length: outboxShards }, () => ''), more: false }

export const compareOutbox = (dependencies: RelayDependencies) => ({
  name: 'outbox',
  page: async (token: string | undefined, now: Instant) => {
    const place = token === undefined ? start : (JSON.parse(token) as Place) // written below
    const walks = await allOf(
      place.after.map(async (after, shard) =>
        after === null ? ended : walkShard({ shard, after, now }, dependencies),
      ),
    )
    const relayed = walks.reduce((sum, walk) => sum + walk.relayed, 0)
    const outages = walks.flatMap((walk) => walk.outages)
    // Nothing goes through: whoever comes next finds all of it.
    if (outages.length > 0 && relayed === 0) throw new AggregateError(outages, sentenceOn(outages)[0])
    return {
      looked: relayed,
      repaired: relayed,
      drifted: [...walks.flatMap((walk) => walk.drifted), ...sentenceOn(outages)],
      next: placeAfter(place, walks),
    }
  },
})

const sentenceOn = (outages: readonly unknown[]): readonly string[] =>
  outages.length === 0 ? [] : [`${outages.length} events were not relayed: ${sentenceOf(outages[0])}`]

const placeAfter = (place: Place, walks: readonly Walk[]): string | undefined => {
  const more = place.more || walks.some((walk) => walk.more)
  const after = walks.map((walk) => walk.after)
  if (after.some((one) => one !== null)) return JSON.stringify({ after, more })
  return more ? JSON.stringify(start) : undefined
}

/** Rejects as the first of them does, but not before all are done: nothing goes on behind a page that failed. */
const allOf = async <T>(works: readonly Promise<T>[]): Promise<readonly T[]> => {
  await Promise.allSettled(works)
  return Promise.all(works)
}

interface Turn {
  readonly relayed: number
  /** There may be more of that tenant. */
  readonly more: boolean
  /** Of what could not be relayed for a reason of its own, in words; it holds up no other. */
  readonly drifted: readonly string[]
  /** Why others were not. */
  readonly outages: readonly unknown[]
}

interface Walk extends Turn {
  readonly after: string | null
}

const ended: Walk = { relayed: 0, drifted: [], outages: [], after: null, more: false }

const walkShard = async (
  { shard, after, now }: { readonly shard: number; readonly after: string; readonly now: Instant },
  dependencies: RelayDependencies,
): Promise<Walk> => {
  let walk: Walk = { ...ended, after }
  for (let tenants = 0; tenants < mostTenants; tenants++) {
    const [first] = await dependencies.read.list({
      collection: 'outbox',
      where: { toRelay: shard },
      beyond: { field: 'tenant', value: walk.after ?? '' },
      limit: 1,
    })
    if (first === undefined) return { ...walk, after: null }
    const tenant = String(first.fields['tenant'])
    const found = await relayTurn({ shard, tenant, now }, dependencies)
    walk = {
      relayed: walk.relayed + found.relayed,
      drifted: [...walk.drifted, ...found.drifted],
      outages: [...walk.outages, ...found.outages],
      after: tenant,
      more: walk.more || found.more,
    }
    // The others of this shard would wait in vain, too.
    if (found.outages.length > 0 && found.relayed === 0) break
  }
  return walk
}

/** The oldest of one tenant, all of them tried. */
const relayTurn = async (
  { shard, tenant, now }: { readonly shard: number; readonly tenant: string; readonly now: Instant },
  dependencies: RelayDependencies,
): Promise<Turn> => {
  const late = await dependencies.read.list({
    collection: 'outbox',
    where: { toRelay: shard, tenant },
    before: { field: 'at', at: plusSeconds(now, secondsOf(-graceSeconds)) },
    limit: turn,
  })
  const tries = await Promise.allSettled(late.map(({ id }) => relayEvent(id, now, dependencies)))
  const failures = tries.flatMap((one, index) =>
    one.status === 'rejected' ? [{ event: late[index]?.id, reason: one.reason as unknown }] : [],
  )
  const idsOf = (outcome: Relayed) =>
    late.flatMap(({ id }, index) => {
      const one = tries[index]
      return one?.status === 'fulfilled' && one.value === outcome ? [id] : []
    })
  const own = failures.filter(({ reason }) => !isOutage(reason))
  const relayed = idsOf('relayed').length
  return {
    relayed,
    more: late.length === turn && relayed > 0,
    drifted: [
      ...idsOf('parked').map((id) => `${id} is parked`),
      ...own.map(({ event, reason }) => `${event} was not relayed: ${sentenceOf(reason)}`),
    ],
    outages: failures.flatMap(({ reason }) => (isOutage(reason) ? [reason] : [])),
  }
}
