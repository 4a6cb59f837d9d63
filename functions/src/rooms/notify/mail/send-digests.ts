// The schedule `sendDigests`: one mail a person with what came together, and once more the mails whose sender died.
import { isTenantId } from '@latchkey/core/kernel/ids'
import { type Instant, plusSeconds } from '@latchkey/core/kernel/time'
import { schedule } from '../../../guard/definition.ts'
import type { Run } from '../../../guard/doors/single-flight.ts'
import type { Clock } from '../../../platform/clock.ts'
import { instantIn, type StoredDocument, timestampOf } from '../../../platform/store/reader.ts'
import { deliverEvent } from '../deliver/deliver-event.ts'
import type { MailRoom, NotifyDependencies } from '../dependencies.ts'
import { againSeconds } from './mail-record.ts'
import { sendDigest } from './send-digest.ts'

/** A mail server takes a second or two for each; more at once are more connections than it likes. */
const atOnce = 8
/** The lease of the run is renewed after each page: even where every mail takes the server's whole patience it is not over. */
const aPage = 16
/** Beyond so many that others send at this moment it is the next run's turn. */
const mostPassedOver = 500

export type DigestDependencies = NotifyDependencies & { readonly clock: Clock }
type Counts = Record<string, number>

export const sendDigests = (dependencies: DigestDependencies) =>
  schedule({
    name: 'sendDigests',
    summary: 'Sends the digests that are due, and mails that could not be handed in before.',
    run: async (run) => {
      const { mail, log } = dependencies
      if (mail === undefined) return
      const sending: Sending = { run, counts: {}, failures: [] }
      for (const work of [lateMails(dependencies), dueDigests({ ...dependencies, mail })])
        if (!(await pageByPage(work, sending, dependencies))) break
      const { counts, failures } = sending
      log('INFO', 'digests sent', { runId: run.runId, ...counts })
      if (failures.length > 0)
        throw new AggregateError(failures, `${failures.length} failed: ${failures.slice(0, 3).map(String).join(' ')}`)
    },
  })

interface Work {
  readonly collection: 'mails' | 'digests'
  readonly due: (now: Instant, limit: number) => Promise<readonly StoredDocument[]>
  /** Answers under which name it counts. */
  readonly one: (document: StoredDocument, now: Instant) => Promise<string>
}

interface Sending {
  readonly run: Run
  readonly counts: Counts
  readonly failures: unknown[]
}

/** False when the run is over. Whoever was seen in it is not tried again in it. */
const pageByPage = async (work: Work, sending: Sending, dependencies: DigestDependencies): Promise<boolean> => {
  const { clock } = dependencies
  const { run, counts } = sending
  const seen = new Set<string>()
  let passedOver = 0
  while (passedOver < mostPassedOver) {
    const found = await work.due(run.now, aPage + passedOver)
    const page = found.filter(({ id }) => !seen.has(id))
    passedOver = found.length - page.length
    for (const { id } of page) seen.add(id)
    await inTurns(page, work, sending, dependencies)
    const isOver = clock() >= run.until
    if (!(await run.reached(isOver ? { more: true } : undefined, counts)) || isOver) return false
    if (page.length === 0) return true
  }
  return true
}

const inTurns = async (
  page: readonly StoredDocument[],
  { collection, one }: Work,
  { run, counts, failures }: Sending,
  dependencies: DigestDependencies,
): Promise<void> => {
  const { clock } = dependencies
  const waiting = [...page]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && clock() < run.until; next = waiting.shift()) {
      const path = `${collection}/${next.id}`
      // Of this very moment: a lease that is counted from the beginning of the run is over before its mail is gone.
      const name = await one(next, clock()).catch(async (error: unknown) => {
        failures.push(error)
        await putOff(path, clock(), dependencies).catch(() => undefined)
        return 'failed'
      })
      counts[name] = (counts[name] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** What failed is looked at again later, behind what waits now: however many fail, they make nobody else wait. */
const putOff = (path: string, now: Instant, { operate }: DigestDependencies): Promise<void> =>
  operate.transact(async (read) => {
    const [record] = await read.getAll([path])
    const due = timestampOf(plusSeconds(now, againSeconds))
    return { writes: isDue(record, now) ? [{ kind: 'update', path, fields: { due } }] : [], value: undefined }
  })

const isDue = (record: StoredDocument['fields'] | undefined, now: Instant): boolean => {
  const due = instantIn(record?.['due'])
  return due !== undefined && due <= now
}

/** A record whose event tells nobody any more is closed. */
const lateMails = (dependencies: DigestDependencies): Work => ({
  collection: 'mails',
  due: (now, limit) => dependencies.read.list({ collection: 'mails', before: { field: 'due', at: now }, limit }),
  one: async ({ id, fields }, now) => {
    const tenant = String(fields['tenant'])
    if (isTenantId(tenant)) await deliverEvent({ event: String(fields['event']), tenant }, now, dependencies)
    return (await closed(`mails/${id}`, now, dependencies)) ? 'dropped' : 'resent'
  },
})

const closed = (path: string, now: Instant, { operate }: DigestDependencies): Promise<boolean> =>
  operate.transact(async (read) => {
    const [record] = await read.getAll([path])
    if (!isDue(record, now)) return { writes: [], value: false }
    const fields = { status: 'dropped', due: undefined, leaseUntil: undefined }
    return { writes: [{ kind: 'update', path, fields }], value: true }
  })

const dueDigests = (dependencies: DigestDependencies & { readonly mail: MailRoom }): Work => ({
  collection: 'digests',
  due: (now, limit) => dependencies.read.list({ collection: 'digests', before: { field: 'due', at: now }, limit }),
  one: ({ id }, now) => sendDigest(id, now, dependencies),
})
