// The two clocks of a process: what the calendar says, for ends of tokens; and what only goes forward, for the age of what is kept.

export interface Clocks {
  /** Milliseconds since the epoch. */
  readonly wall: () => number
  /** Milliseconds since some moment; a wall clock that is set back makes nothing younger. */
  readonly steady: () => number
}

export const systemClocks: Clocks = { wall: () => Date.now(), steady: () => performance.now() }
