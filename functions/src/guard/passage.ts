// One call on its way through the stages: what came in, and what each stage has added so far.
import type { Facts } from '@latchkey/core/access/facts'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { BodySignature } from '../platform/signed-body.ts'
import type { CommitContext } from '../platform/store/commit.ts'
import type { Reader } from '../platform/store/reader.ts'
import type { Caller } from './caller.ts'
import type { AnyOperation } from './definition.ts'

/** A call as it arrived, the same for both transports. */
export interface Call {
  readonly transport: 'callable' | 'http'
  /** Every Authorization header that was sent, unmerged. */
  readonly authorization: readonly string[]
  readonly contentType: string | undefined
  readonly body: Uint8Array
  /** From the header; a callable carries it in its body instead. */
  readonly idempotencyKey: string | undefined
  /** The client's address, when it came by an entry whose hops we trust. */
  readonly address: string | undefined
  /** Over the raw body; only where an operation asks for one. */
  readonly signed?: BodySignature
}

export interface Ticket {
  readonly path: string
  readonly key: string
  /** Drawn for this run: who holds the record. */
  readonly fence: string
}

/** Filled from left to right by the stages; a stage may rely on what the ones before it set. */
export interface Passage {
  readonly call: Call
  readonly definition: AnyOperation
  readonly requestId: string
  readonly now: Instant
  /** What this call reads with: the present state, or for a cached operation what may be four seconds old. */
  read: Reader
  caller?: Caller
  input?: unknown
  /** Digest of the parsed input, where an idempotency key came with it: the same key must come with the same. */
  inputDigest?: string
  idempotencyKey?: string
  tenant?: TenantId
  facts?: Facts
  commit?: CommitContext
  ticket?: Ticket
  output?: unknown
}

/** `done` ends the passage early with an answer that was stored before. */
export type StageResult = Result<'next' | 'done', IamError>
