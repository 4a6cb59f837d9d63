// One message of a topic: parsed, run, and tried again a few times; one that cannot be taken is parked, so that it holds up no other.
import { prefixes } from '@latchkey/core/kernel/ids'
import { days, plusSeconds } from '@latchkey/core/kernel/time'
import { sentenceOf } from '../../platform/log.ts'
import { timestampOf } from '../../platform/store/reader.ts'
import { StoreError } from '../../platform/store/store-error.ts'
import type { Job, SubscriberDefinition } from '../definition.ts'
import type { GuardDependencies } from '../dependencies.ts'

export interface Message {
  readonly messageId: string
  /** Base64. */
  readonly data: string
}

/** Pub/Sub waits longer and longer between them; together they take minutes. */
const mostTries = 5
const mostParkedCharacters = 700_000

/** Rejects when the message shall come again. */
export const takeMessage = async (
  definition: SubscriberDefinition,
  message: Message,
  guard: GuardDependencies,
): Promise<void> => {
  const parsed = definition.message.safeParse(jsonIn(message))
  if (!parsed.success) return park(definition, message, { reason: 'It is no message of this topic.', tries: 1 }, guard)
  const job: Job = { runId: guard.drawId(prefixes.request), now: guard.clock() }
  const facts = { job: definition.name, runId: job.runId, messageId: message.messageId }
  try {
    await definition.run(job, parsed.data)
    guard.log('INFO', 'job done', facts)
  } catch (error) {
    // A database that is down is no fault of the message.
    const tries = isOutage(error) ? undefined : await countTry(definition, message, guard)
    guard.log('ERROR', 'job failed', { ...facts, tries, error })
    if (tries === undefined || tries < mostTries) throw error
    await park(definition, message, { reason: sentenceOf(error), tries }, guard)
  }
}

const jsonIn = ({ data }: Message): unknown => {
  try {
    return JSON.parse(Buffer.from(data, 'base64').toString('utf8'))
  } catch {
    return undefined // parked
  }
}

const isOutage = (error: unknown): boolean => error instanceof StoreError && error.fault === 'unavailable'

const nameOf = (definition: SubscriberDefinition, { messageId }: Message): string =>
  `${definition.name}-${messageId.replace(/[^A-Za-z0-9-]/g, '')}`

const countTry = (definition: SubscriberDefinition, message: Message, { operate, clock }: GuardDependencies) =>
  operate.transact(async (read) => {
    const path = `limits/tries-${nameOf(definition, message)}`
    const [before] = await read.getAll([path])
    const tries = Number(before?.['tries'] ?? 0) + 1
    const fields = { tries, expiresAt: timestampOf(plusSeconds(clock(), days(7))) }
    return { writes: [{ kind: 'set', path, fields }], value: tries }
  })

interface Parking {
  readonly reason: string
  readonly tries: number
}

/** Visible and replayable (`jobs/listParked`, `jobs/replay`). A message that comes again replaces itself. */
const park = async (
  definition: SubscriberDefinition,
  message: Message,
  { reason, tries }: Parking,
  { log, operate, clock }: GuardDependencies,
): Promise<void> => {
  log('ERROR', 'message parked', { job: definition.name, messageId: message.messageId, reason, tries })
  await operate.write({
    kind: 'set',
    path: `parked/${nameOf(definition, message)}`,
    fields: {
      ...{ job: definition.name, topic: definition.topic, reason, tries },
      data: message.data.slice(0, mostParkedCharacters),
      cut: message.data.length > mostParkedCharacters,
      parkedAt: timestampOf(clock()),
    },
  })
}
