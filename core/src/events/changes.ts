// The wire of `GET /v1/changes`: what caches must forget, line by line (DESIGN.md §8, change feed).
import * as z from 'zod'
import { revision } from '../kernel/wire.ts'

export const changesInput = z.strictObject({
  /** `upTo` of the last line that was heard; absent at the first connection. */
  since: revision.optional(),
})

/** One line of NDJSON; at least one a second. */
export const changeLine = z.object({
  /** Everything that was committed before this was told, here or in a line before. */
  upTo: revision,
  /** How old that is, in milliseconds by the server's own clock: the listener's clock does not matter. */
  lag: z.number(),
  /** Containers: `policy:T`, `tenant:T`, `grant:T/p`, `grant:T/*`, `credential:id`, `user:` and the digest of the uid, `catalogue`, `kid`. */
  changed: z.array(z.string()).optional(),
  /** What was loaded before this line may have changed unheard. */
  reset: z.literal(true).optional(),
  /** Nothing follows: connect again, with a credential that counts. */
  end: z.string().optional(),
})
export type ChangeLine = z.output<typeof changeLine>
