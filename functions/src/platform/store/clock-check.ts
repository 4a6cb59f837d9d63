// Whether this instance's clock agrees with the database's, for work that a wrong clock would make harmful.
import { type Instant, instantOf, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import type { Reader } from './reader.ts'
import { momentOf } from './revision.ts'

/** CATALOGUE F-33: a minute is lived with; the rest is for the age of what was read. */
export const toleratedSeconds = secondsOf(70)

/** `trueTime` is the database's time on a clock that was set by hand; undefined where no clock is ever called wrong. */
export const clockCheck =
  (read: Reader, path: string, trueTime: ((asOf: Instant) => Instant) | undefined) =>
  async (now: Instant): Promise<string | undefined> => {
    const [there] = await read.getStamped([path])
    const at = there === undefined ? undefined : trueTime?.(instantOf(momentOf(there.asOf)))
    if (at === undefined) return undefined
    const isOff = now > plusSeconds(at, toleratedSeconds) || plusSeconds(now, toleratedSeconds) < at
    return isOff ? 'The clock of this instance is wrong: nothing is removed by it.' : undefined
  }
