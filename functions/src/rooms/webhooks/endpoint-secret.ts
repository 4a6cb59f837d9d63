// The secret that an endpoint's calls are signed with: shown once, kept only as KMS wrapped it, because we must sign with it.
import { createHmac } from 'node:crypto'
import { type Instant, minutes } from '@latchkey/core/kernel/time'
import { LRUCache } from 'lru-cache'
import type { Kms } from '../../platform/cloud/kms.ts'
import type { RandomBytes } from '../../platform/random.ts'

const contextOf = (webhook: string): string => `webhook/${webhook}`

export interface NewSecret {
  /** `whsec_…`, for its owner. */
  readonly shown: string
  readonly wrapped: string
}

/** Before any transaction: KMS is asked. */
export const newSecret = async (
  webhook: string,
  { random, kms }: { readonly random: RandomBytes; readonly kms: Pick<Kms, 'wrap'> },
): Promise<NewSecret> => {
  const bytes = random(32)
  const wrapped = await kms.wrap(bytes, contextOf(webhook))
  return {
    shown: `whsec_${Buffer.from(bytes).toString('base64')}`,
    wrapped: Buffer.from(wrapped).toString('base64'),
  }
}

/** KMS is asked once in some minutes for each, not at every call. */
export const secretOpener = (kms: Pick<Kms, 'unwrap'>) => {
  const opened = new LRUCache<string, Uint8Array, { readonly wrapped: string; readonly webhook: string }>({
    max: 500,
    ttl: minutes(5) * 1_000,
    fetchMethod: async (_key, _stale, { context: { wrapped, webhook } }) =>
      new Uint8Array(await kms.unwrap(Buffer.from(wrapped, 'base64'), contextOf(webhook))),
  })
  // Under the name of its endpoint, here too: a secret that was copied to another one is none.
  return (wrapped: string, webhook: string): Promise<Uint8Array> =>
    opened.forceFetch(`${webhook} ${wrapped}`, { context: { wrapped, webhook } })
}

/** Standard Webhooks: the id, the second and the body, under each secret that counts. */
export const signedHeaders = (
  { event, body, now }: { readonly event: string; readonly body: string; readonly now: Instant },
  secrets: readonly Uint8Array[],
): Readonly<Record<string, string>> => {
  const second = String(Math.floor(now / 1_000))
  const sign = (secret: Uint8Array): string =>
    `v1,${createHmac('sha256', secret).update(`${event}.${second}.${body}`).digest('base64')}`
  return {
    'content-type': 'application/json',
    'user-agent': 'Latchkey-Webhooks/1',
    'webhook-id': event,
    'webhook-timestamp': second,
    'webhook-signature': secrets.map(sign).join(' '),
  }
}
