// For the reconciler: relays what nobody relayed in time, because a trigger was lost or Pub/Sub was down for longer than triggers try.
import { type Instant, minutes, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { outboxShards } from '../../../platform/store/commit.ts'
import { type RelayDependencies, relayEvent } from './relay-event.ts'

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
    const more = place.more || walks.some((walk) => walk.more)
    const after = walks.map((walk) => walk.after)
    const isOver = after.every((one) => one === null)
    const next = isOver && more ? start : { after, more }
    const relayed = walks.reduce((sum, walk) => sum + walk.relayed, 0)
    return { looked: relayed, repaired: relayed, next: isOver && !more ? undefined : JSON.stringify(next) }
  },
})

/** Rejects as the first of them does, but not before all are done: nothing goes on behind a page that failed. */
const allOf = async <T>(works: readonly Promise<T>[]): Promise<readonly T[]> => {
  await Promise.allSettled(works)
  return Promise.all(works)
}

interface Walk {
  readonly relayed: number
  readonly after: string | null
  readonly more: boolean
}

const ended: Walk = { relayed: 0, after: null, more: false }

const walkShard = async (
  { shard, after, now }: { readonly shard: number; readonly after: string; readonly now: Instant },
  dependencies: RelayDependencies,
): Promise<Walk> => {
  let [relayed, more, place] = [0, false, after]
  for (let tenants = 0; tenants < mostTenants; tenants++) {
    const [first] = await dependencies.read.list({
      collection: 'outbox',
      where: { toRelay: shard },
      beyond: { field: 'tenant', value: place },
      limit: 1,
    })
    if (first === undefined) return { relayed, after: null, more }
    place = String(first.fields['tenant'])
    const found = await relayTurn({ shard, tenant: place, now }, dependencies)
    relayed += found
    more ||= found === turn
  }
  return { relayed, after: place, more }
}

/** The oldest of one tenant. Rejects when one of them could not be relayed: all the others were tried. */
const relayTurn = async (
  { shard, tenant, now }: { readonly shard: number; readonly tenant: string; readonly now: Instant },
  dependencies: RelayDependencies,
): Promise<number> => {
  const late = await dependencies.read.list({
    collection: 'outbox',
    where: { toRelay: shard, tenant },
    before: { field: 'at', at: plusSeconds(now, secondsOf(-graceSeconds)) },
    limit: turn,
  })
  const tries = await Promise.allSettled(late.map(({ id }) => relayEvent(id, dependencies)))
  const failures = tries.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${late.length} were not relayed`)
  return late.length
}
