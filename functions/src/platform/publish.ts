// Sends messages to Pub/Sub; its client is loaded at the first message, because it costs 300 ms.
import type { PubSub } from '@google-cloud/pubsub'
import { inTime } from './in-time.ts'
import { StoreError } from './store/store-error.ts'

/** A message is JSON, or bytes that were a message before. Resolves when Pub/Sub has the message. Callers treat a failure as "later": a sweep sends again what was not picked up. */
export type Publish = (topic: string, message: Readonly<Record<string, string>> | Uint8Array) => Promise<void>

const deadlineMilliseconds = 3_000

/** A call must answer although Pub/Sub does not. */
const late = () => new Error('Pub/Sub did not take the message in three seconds.')

/** INVALID_ARGUMENT: it is this message that Pub/Sub does not take, and never will. */
const isRefused = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 3

export const pubSubPublisher = (projectId: string): Publish => {
  let client: PubSub | undefined
  return async (topic, message) => {
    if (client === undefined) {
      const { PubSub } = await import('@google-cloud/pubsub')
      client = new PubSub({ projectId })
    }
    try {
      const content = message instanceof Uint8Array ? { data: message } : { json: message }
      await inTime(client.topic(topic).publishMessage(content), deadlineMilliseconds, late)
    } catch (error) {
      throw isRefused(error) ? error : new StoreError('unavailable', error)
    }
  }
}
