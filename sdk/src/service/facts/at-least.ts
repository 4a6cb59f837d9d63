// What a caller may name as the least revision: one that some write has answered with, as far as this process can tell.
import { revision } from '@latchkey/core/kernel/wire'
import { refused } from '../refused.ts'

/** Our clock may be a minute late, as for tokens. What lies further ahead would make us read everything again until then. */
const skewMilliseconds = 120_000

/** Throws `invalid_request`. `now`: milliseconds since the epoch. */
export const checkRevision = (atLeast: string, now: number): void => {
  if (!revision.safeParse(atLeast).success || !(Date.parse(atLeast) <= now + skewMilliseconds)) {
    throw refused('invalid_request', { field: 'atLeast', detail: 'This is no revision of a write.' })
  }
}
