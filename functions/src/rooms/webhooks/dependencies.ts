// What the room of webhooks needs.
import type { GuardDependencies } from '../../guard/dependencies.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Kms } from '../../platform/cloud/kms.ts'
import type { Enqueue } from '../../platform/enqueue.ts'
import type { Log } from '../../platform/log.ts'
import type { Post } from '../../platform/outbound/post.ts'
import type { DrawId, RandomBytes } from '../../platform/random.ts'
import type { Commit } from '../../platform/store/commit.ts'
import type { Operate } from '../../platform/store/operate.ts'
import type { Reader } from '../../platform/store/reader.ts'

/** For what keeps queues. */
export interface QueueDependencies {
  readonly operate: Operate
  readonly enqueue: Enqueue
}

export interface WebhooksDependencies {
  readonly enqueue: Enqueue
  readonly commit: Commit
  readonly read: Reader
  readonly drawId: DrawId
  readonly random: RandomBytes
  readonly kms: Pick<Kms, 'wrap'>
  readonly loadFacts: GuardDependencies['loadFacts']
  readonly stillCounts: GuardDependencies['stillCounts']
  /** `host:port` of receivers on this laptop. */
  readonly allow: readonly string[]
}

/** For what sends. */
export interface SendingDependencies extends QueueDependencies {
  readonly read: Reader
  readonly commit: Commit
  readonly drawId: DrawId
  readonly clock: Clock
  readonly log: Log
  readonly post: Post
  /** The secret behind its wrapping, under its endpoint's name. */
  readonly openSecret: (wrapped: string, webhook: string) => Promise<Uint8Array>
  /** From 0 to 1. */
  readonly jitter: () => number
}
