// One message of a topic: parsed, run, and tried again a few times; one that cannot be taken is parked, so that it holds up no other.
import { prefixes } from '@latchkey/core/kernel/ids'
import { sentenceOf } from '../../platform/log.ts'
import { countTry, isOutage, mostTries, parkedWrite } from '../../platform/store/parked.ts'
import type { Job, SubscriberDefinition } from '../definition.ts'
import type { GuardDependencies } from '../dependencies.ts'

export interface Message {
  readonly messageId: string
  /** Base64. */
  readonly data: string
}

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
    const tries = isOutage(error) ? undefined : await countTry(nameOf(definition, message), job.now, guard.operate)
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

const nameOf = (definition: SubscriberDefinition, { messageId }: Message): string =>
  `${definition.name}-${messageId.replace(/[^A-Za-z0-9-]/g, '')}`

interface Parking {
  readonly reason: string
  readonly tries: number
}

const park = async (
  definition: SubscriberDefinition,
  message: Message,
  { reason, tries }: Parking,
  { log, operate, clock }: GuardDependencies,
): Promise<void> => {
  log('ERROR', 'message parked', { job: definition.name, messageId: message.messageId, reason, tries })
  const parked = { job: definition.name, topic: definition.topic, reason, tries, data: message.data }
  await operate.write(parkedWrite(nameOf(definition, message), parked, clock()))
}
