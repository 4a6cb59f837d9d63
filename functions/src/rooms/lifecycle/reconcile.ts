// Walks all grants and all assignments, a stretch at a time, and repairs what a lost event or a hand in the database left wrong.
import { isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef, type PrincipalRef } from '@latchkey/core/kernel/principal'
import { type Instant, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import { type Job, schedule } from '../../guard/definition.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { DrawId } from '../../platform/random.ts'
import type { Operate } from '../../platform/store/operate.ts'
import { instantIn, type Reader, type StoredDocument, timestampOf } from '../../platform/store/reader.ts'

export interface ReconcileDependencies {
  readonly read: Reader
  readonly operate: Operate
  readonly drawId: DrawId
  readonly clock: Clock
  readonly log: Log
  /** The room of access: makes one grants document true; answers whether it was not. */
  readonly recompute: (what: {
    readonly tenant: TenantId
    readonly principal: PrincipalRef
    readonly now: Instant
  }) => Promise<boolean>
}

const leasePath = 'leases/reconcile'
const pageSize = 100
/** Of a run that starts every quarter of an hour; what is left is the next run's. */
const runSeconds = minutes(8)
const leaseSeconds = minutes(10)

/** First what is written down as grants, then what assignments have no grants for; then from the start. */
const phases = ['grants', 'assignments'] as const
type Phase = (typeof phases)[number]

interface Place {
  readonly phase: Phase
  readonly after: string | undefined
}

export const reconcile = (dependencies: ReconcileDependencies) =>
  schedule({
    name: 'reconcile',
    summary: 'Compares every grants document with its assignments, repairs what differs, and says so.',
    cron: 'every 15 minutes',
    run: async ({ now, runId }: Job) => {
      const fence = dependencies.drawId()
      let place = await claim(fence, now, dependencies)
      let [looked, repaired] = [0, 0]
      const end = plusSeconds(now, runSeconds)
      while (place !== undefined && dependencies.clock() < end) {
        const page = await pageAt(place, dependencies)
        for (const one of page.named) if (await dependencies.recompute({ ...one, now })) repaired++
        looked += page.named.length
        const next = placeAfter(place, page.last)
        const kept = await save(fence, next ?? { phase: 'grants', after: undefined }, dependencies)
        place = kept ? next : undefined
      }
      dependencies.log(repaired === 0 ? 'INFO' : 'WARNING', 'reconciled', { runId, looked, repaired })
    },
  })

/** Where the last run stopped, unless another one is still at it. */
const claim = (fence: string, now: Instant, { operate }: ReconcileDependencies): Promise<Place | undefined> =>
  operate.transact<Place | undefined>(async (read) => {
    const [lease] = await read.getAll([leasePath])
    const until = instantIn(lease?.['until'])
    if (until !== undefined && now < until && lease?.['fence'] !== fence) return { writes: [], value: undefined }
    const after = lease?.['after']
    const place: Place = {
      phase: lease?.['phase'] === 'assignments' ? 'assignments' : 'grants',
      after: typeof after === 'string' ? after : undefined,
    }
    const fields = { fence, until: timestampOf(plusSeconds(now, leaseSeconds)), ...stored(place) }
    return { writes: [{ kind: 'set', path: leasePath, fields }], value: place }
  })

const stored = ({ phase, after }: Place) => ({ phase, ...(after === undefined ? {} : { after }) })

/** Keeps the place; a run that lost its lease stops. The lease ends with the last page, so that the next run begins anew. */
const save = (fence: string, place: Place, { operate, clock }: ReconcileDependencies): Promise<boolean> =>
  operate.transact(async (read) => {
    const [lease] = await read.getAll([leasePath])
    if (lease?.['fence'] !== fence) return { writes: [], value: false }
    const over = place.phase === 'grants' && place.after === undefined
    const until = timestampOf(over ? clock() : plusSeconds(clock(), leaseSeconds))
    return { writes: [{ kind: 'set', path: leasePath, fields: { fence, until, ...stored(place) } }], value: true }
  })

interface Named {
  readonly tenant: TenantId
  readonly principal: PrincipalRef
}

const pageAt = async ({ phase, after }: Place, { read }: ReconcileDependencies) => {
  const found =
    phase === 'grants'
      ? await read.list({
          collection: 'grants',
          group: true,
          ...(after === undefined ? {} : { after }),
          limit: pageSize,
        })
      : await read.list({
          collection: 'assignments',
          group: true,
          ...(after === undefined ? {} : { after }),
          limit: pageSize,
        })
  const named = found.flatMap((one) => namedBy(one, phase))
  const once = new Map(named.map((one) => [`${one.tenant} ${one.principal}`, one]))
  return { named: [...once.values()], last: found.length < pageSize ? undefined : found.at(-1)?.id }
}

/** `tenants/{T}/grants/{principal}`, or the principal that an assignment names. */
const namedBy = ({ id: path, fields }: StoredDocument, phase: Phase): readonly Named[] => {
  const [, tenant = '', , last = ''] = path.split('/')
  const principal = phase === 'grants' ? last : String(fields['principal'])
  return isTenantId(tenant) && isPrincipalRef(principal) ? [{ tenant, principal }] : []
}

const placeAfter = ({ phase }: Place, last: string | undefined): Place | undefined => {
  if (last !== undefined) return { phase, after: last }
  const following = phases[phases.indexOf(phase) + 1]
  return following === undefined ? undefined : { phase: following, after: undefined }
}
