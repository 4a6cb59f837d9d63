// Sends messages to Pub/Sub; its client is loaded at the first message, because it costs 300 ms.
import type { PubSub } from '@google-cloud/pubsub'

/** Resolves when Pub/Sub has the message. Callers treat a failure as "later": a sweep sends again what was not picked up. */
export type Publish = (topic: string, message: Readonly<Record<string, string>>) => Promise<void>

export const pubSubPublisher = (projectId: string): Publish => {
  let client: PubSub | undefined
  return async (topic, message) => {
    if (client === undefined) {
      const { PubSub } = await import('@google-cloud/pubsub')
      client = new PubSub({ projectId })
    }
    await client.topic(topic).publishMessage({ json: message })
  }
}
