// The wire of `POST /v1/credentials/describe` and `GET /v1/credentials/{id}`: what a service must know of a credential to decide by itself.
import * as z from 'zod'
import { keyWire } from '../access/assembly/key-wire.ts'
import { revision } from '../kernel/wire.ts'
import { leaseView, processId } from './usage.ts'

export const describeInput = z.strictObject({
  /** The whole credential as the client presented it; it is compared and forgotten. */
  credential: z.string().min(1).max(500),
  /** Set by a process that has no lease of the key's plan yet. */
  process: processId.optional(),
})

/** `gid` of an access token: the credential that it came from. */
export const rootInput = z.strictObject({
  id: z.string().regex(/^[0-9A-Za-z]{22}$/, 'This is not a credential id.'),
  /** Set by a process that has no lease of the key's plan yet. */
  process: processId.optional(),
})

/** 200 also for a bad credential: the question was answered. */
export const describeOutput = z.strictObject({
  /** The snapshot that the answer is read from. */
  asOf: revision,
  active: z.boolean(),
  /** `active`, or `invalid_token` for garbage, unknown, ended, and anybody else's alike. */
  code: z.enum(['active', 'invalid_token']),
  /** The key's id, for logs and usage. */
  credential: z.string().optional(),
  principal: z.string().optional(),
  key: keyWire.optional(),
  /** The end of the overlap in which this secret is rotated away; milliseconds since the epoch. */
  endsAt: z.int().optional(),
  /** The key may be used from these addresses only. */
  allowedAddresses: z.array(z.string()).optional(),
  rate: z.strictObject({ perSecond: z.number(), burst: z.number() }).optional(),
  lease: leaseView.optional(),
})

export type Described = z.output<typeof describeOutput>
