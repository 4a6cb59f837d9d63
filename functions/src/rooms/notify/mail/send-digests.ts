// The schedule `sendDigests`: one mail a person with what came together, and once more the mails whose sender died.
import { isTenantId } from '@latchkey/core/kernel/ids'
import type { Instant } from '@latchkey/core/kernel/time'
import { schedule } from '../../../guard/definition.ts'
import type { Run } from '../../../guard/doors/single-flight.ts'
import type { Clock } from '../../../platform/clock.ts'
import { instantIn, type StoredDocument } from '../../../platform/store/reader.ts'
import { deliverEvent } from '../deliver/deliver-event.ts'
import type { MailRoom, NotifyDependencies } from '../dependencies.ts'
import { sendDigest } from './send-digest.ts'

const aPage = 100

export type DigestDependencies = NotifyDependencies & { readonly clock: Clock }
type Counts = Record<string, number>

export const sendDigests = (dependencies: DigestDependencies) =>
  schedule({
    name: 'sendDigests',
    summary: 'Sends the digests that are due, and mails that could not be handed in before.',
    run: async (run) => {
      const { mail, log } = dependencies
      if (mail === undefined) return
      const counts: Counts = {}
      const failures: unknown[] = []
      for (const work of [lateMails(dependencies), dueDigests({ ...dependencies, mail })])
        failures.push(...(await pageByPage(work, { run, counts }, dependencies)))
      log('INFO', 'digests sent', { runId: run.runId, ...counts })
      if (failures.length > 0)
        throw new AggregateError(failures, `${failures.length} failed: ${failures.slice(0, 3).map(String).join(' ')}`)
    },
  })

interface Work {
  readonly due: (now: Instant) => Promise<readonly StoredDocument[]>
  /** Answers under which name it counts. */
  readonly one: (document: StoredDocument, now: Instant) => Promise<string>
}

interface Running {
  readonly run: Run
  readonly counts: Counts
}

/** Whoever was seen in this run is not tried again in it, so that what fails makes nobody wait. */
const pageByPage = async ({ due, one }: Work, { run, counts }: Running, { clock }: DigestDependencies) => {
  const seen = new Set<string>()
  const failures: unknown[] = []
  while (clock() < run.until) {
    const page = (await due(run.now)).filter(({ id }) => !seen.has(id))
    for (const document of page) {
      if (clock() >= run.until) break
      seen.add(document.id)
      // Of this very moment: a lease that is counted from the beginning of the run is over before its mail is gone.
      const name = await one(document, clock()).catch((error: unknown) => {
        failures.push(error)
        return 'failed'
      })
      counts[name] = (counts[name] ?? 0) + 1
      if (!(await run.reached({ more: true }, counts))) return failures
    }
    if (page.length === 0) {
      await run.reached(undefined, counts)
      break
    }
  }
  return failures
}

/** A record whose event tells nobody any more is closed. */
const lateMails = (dependencies: DigestDependencies): Work => ({
  due: (now) => dependencies.read.list({ collection: 'mails', before: { field: 'due', at: now }, limit: aPage }),
  one: async ({ id, fields }, now) => {
    const tenant = String(fields['tenant'])
    if (isTenantId(tenant)) await deliverEvent({ event: String(fields['event']), tenant }, now, dependencies)
    return (await closed(`mails/${id}`, now, dependencies)) ? 'dropped' : 'resent'
  },
})

const closed = (path: string, now: Instant, { operate }: DigestDependencies): Promise<boolean> =>
  operate.transact(async (read) => {
    const [record] = await read.getAll([path])
    const due = instantIn(record?.['due'])
    if (due === undefined || due > now) return { writes: [], value: false }
    return {
      writes: [{ kind: 'update', path, fields: { status: 'dropped', due: undefined, leaseUntil: undefined } }],
      value: true,
    }
  })

const dueDigests = (dependencies: DigestDependencies & { readonly mail: MailRoom }): Work => ({
  due: (now) => dependencies.read.list({ collection: 'digests', before: { field: 'due', at: now }, limit: aPage }),
  one: ({ id }, now) => sendDigest(id, now, dependencies),
})
