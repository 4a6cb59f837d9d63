// Works on a long operation, page by page from its cursor, under a lease; a crash anywhere is taken up from the last page.
import { isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import { type Instant, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import { operationId } from '@latchkey/core/kernel/wire'
import * as z from 'zod'
import { subscriber } from '../../guard/definition.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DrawId } from '../../platform/random.ts'
import type { Operate } from '../../platform/store/operate.ts'
import { type DocumentFields, instantIn, timestampOf } from '../../platform/store/reader.ts'

export interface PageRequest {
  readonly operation: string
  readonly tenant: TenantId
  readonly after: string | undefined
  readonly limit: number
  readonly now: Instant
  /** What else the operation says of itself. */
  readonly fields: DocumentFields
}

/** Does one page; answers how many, and where to go on (undefined: nowhere). */
export type RunPage = (page: PageRequest) => Promise<{ readonly marked: number; readonly next: string | undefined }>

export interface RunDependencies {
  readonly operate: Operate
  readonly drawId: DrawId
  readonly clock: Clock
  /** By kind: the room that knows how. */
  readonly pages: Readonly<Record<string, RunPage>>
}

const leaseSeconds = minutes(5)
const pageSize = 25
const message = z.strictObject({ operation: operationId })

export const runOperation = (dependencies: RunDependencies) =>
  subscriber({
    name: 'runOperation',
    summary: 'Carries long operations on from where they stopped.',
    topic: 'operations',
    message,
    run: async (_job, received) => {
      const path = `operations/${message.parse(received).operation}`
      for (;;) {
        const claim = await claimPage(path, dependencies)
        if (claim === undefined) return
        const { marked, next } = await claim.run({ ...claim, limit: pageSize })
        const finished = await savePage(path, claim, { marked, next }, dependencies)
        if (finished) return
      }
    },
  })

interface Claim extends Omit<PageRequest, 'limit'> {
  /** Drawn at the claim: a worker whose lease was taken over can no longer move the cursor. */
  readonly fence: string
  readonly run: RunPage
}

/** The next page of a running operation that nobody else is working on; what it is about is read here, never taken from the message. */
const claimPage = (path: string, { operate, drawId, clock, pages }: RunDependencies): Promise<Claim | undefined> => {
  const fence = drawId()
  const now = clock()
  return operate.transact<Claim | undefined>(async (read) => {
    const [fields] = await read.getAll([path])
    const tenant = String(fields?.['tenant'])
    const run = pages[String(fields?.['kind'])]
    const mine = fields?.['fence'] === fence // claimed by this very call; only the answer was lost
    if (fields === undefined || run === undefined || !(mine || isClaimable(fields, now)) || !isTenantId(tenant))
      return { writes: [], value: undefined }
    const after = fields['cursor']
    return {
      writes: [{ kind: 'update', path, fields: { fence, leaseUntil: timestampOf(plusSeconds(now, leaseSeconds)) } }],
      value: {
        operation: path.split('/')[1] ?? '',
        tenant,
        after: typeof after === 'string' ? after : undefined,
        now,
        fence,
        fields,
        run,
      },
    }
  })
}

const isClaimable = (fields: DocumentFields, now: Instant): boolean => {
  const leaseUntil = instantIn(fields['leaseUntil'])
  return fields['status'] === 'running' && (leaseUntil === undefined || now >= leaseUntil)
}

const savePage = (
  path: string,
  { fence, now, after }: Claim,
  { marked, next }: { readonly marked: number; readonly next: string | undefined },
  { operate }: RunDependencies,
): Promise<boolean> =>
  operate.transact(async (read) => {
    const [fields] = await read.getAll([path])
    // Taken over, or this very page was saved by a run whose answer was lost.
    const over = fields?.['fence'] !== fence || fields['status'] !== 'running'
    if (over || fields['cursor'] !== after) return { writes: [], value: over }
    const done = Number(fields['done']) + marked
    const progress =
      next === undefined
        ? { done, status: 'done', finishedAt: timestampOf(now) }
        : { done, cursor: next, leaseUntil: timestampOf(now) }
    return { writes: [{ kind: 'update', path, fields: progress }], value: next === undefined }
  })
