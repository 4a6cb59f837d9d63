// An endpoint as it is at this moment: where its deliveries go and what they are signed with; or that nothing is sent there.
import { earliest, type Instant, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import type { SendingDependencies } from '../dependencies.ts'
import { livingSecrets, mayBeTold, webhookPath } from '../webhook-document.ts'
import { type Endpoint, queuePath } from './queue-document.ts'

export interface Receiver extends Endpoint {
  readonly url: string
  readonly secrets: readonly Uint8Array[]
  /** The last change that its owner made. */
  readonly change: string
  /** From then on this may be wrong: nothing more is sent on the strength of it. */
  readonly goodUntil: Instant | undefined
}

/** What its owner changes counts from then on, also in the middle of a turn. */
const goodSeconds = secondsOf(2)
/** A call takes five; it ends while the lease still holds. */
const lastCallSeconds = secondsOf(10)

interface Holding {
  readonly runId: string
  readonly leaseUntil: Instant
}

/** Undefined when it is paused, gone or stopped, or when somebody else has the turn. */
export const receiverNow = async (
  endpoint: Endpoint,
  { runId, leaseUntil }: Holding,
  dependencies: Pick<SendingDependencies, 'read' | 'clock' | 'openSecret'>,
): Promise<Receiver | undefined> => {
  const { read, clock } = dependencies
  const now = clock()
  const [stored, queue, node] = await read.getAll([
    webhookPath(endpoint.tenant, endpoint.webhook),
    queuePath(endpoint.webhook),
    `tenants/${endpoint.tenant}`,
  ])
  if (stored?.['status'] !== 'active' || queue?.['fence'] !== runId) return undefined
  if (mayBeTold(stored, node, await aboveOf(read, node)) !== 'yes') return undefined
  return {
    ...endpoint,
    url: String(stored['url']),
    secrets: await secretsOf(endpoint, stored, { now, dependencies }),
    change: changeOf(stored),
    goodUntil: earliest(plusSeconds(now, goodSeconds), plusSeconds(leaseUntil, secondsOf(-lastCallSeconds))),
  }
}

/** Every commit leaves its id on what it wrote. */
export const changeOf = (stored: DocumentFields): string => String(stored['lastEvent'])

/** What stands above the tenant of this node. */
export const aboveOf = async (read: Reader, node: DocumentFields | undefined): Promise<DocumentFields | undefined> =>
  typeof node?.['parentId'] === 'string' ? (await read.getAll([`tenants/${node['parentId']}`]))[0] : undefined

interface Opening {
  readonly now: Instant
  readonly dependencies: Pick<SendingDependencies, 'openSecret'>
}

export const secretsOf = (
  { webhook }: Endpoint,
  stored: DocumentFields,
  { now, dependencies }: Opening,
): Promise<readonly Uint8Array[]> =>
  Promise.all(livingSecrets(stored, now).map(({ wrapped }) => dependencies.openSecret(wrapped, webhook)))
