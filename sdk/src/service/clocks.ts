// The two clocks of a process: what the calendar says, for ends of tokens; and what only goes forward, for the age of what is kept.

export interface Clocks {
  /** Milliseconds since the epoch. */
  readonly wall: () => number
  /** Milliseconds since some moment; a wall clock that is set back makes nothing younger. */
  readonly steady: () => number
  /** Both at once, where that reads less. */
  readonly moment?: () => Moment
}

/** One look at both clocks: what is checked in one step is checked at one moment. */
export interface Moment {
  readonly wall: number
  readonly steady: number
}

export const momentOf = (clocks: Clocks): Moment =>
  clocks.moment === undefined ? { wall: clocks.wall(), steady: clocks.steady() } : clocks.moment()

/** More than anybody's clock is corrected by at once. */
const leastSleep = 1_000

/**
 * The steady clocks of many machines stand still while they sleep, or while their process is frozen: what the calendar has gone
 * further meanwhile is added.
 */
export const sleepless = ({ wall, steady }: Clocks): Clocks => {
  let [slept, ahead] = [0, wall() - steady()]
  const moment = (): Moment => {
    const [now, today] = [steady(), wall()]
    const gap = today - now
    if (gap - ahead > leastSleep) slept += gap - ahead
    ahead = gap
    return { wall: today, steady: now + slept }
  }
  return { wall, steady: () => moment().steady, moment }
}

const systemWall = (): number => Date.now()
const systemSteady = (): number => performance.now()

export const systemClocks = (): Clocks => sleepless({ wall: systemWall, steady: systemSteady })
