// What every contestant of a table brings.

export interface Contestant {
  readonly name: string
  /** What a reader must know to judge the figure. */
  readonly note: string
  /** Operations in the air at once; 1 when absent. */
  readonly inFlight?: number
  /** Does operation number `index`; true when it accepts, as it must. */
  readonly ask: (index: number) => boolean | Promise<boolean>
}

export interface Contest {
  readonly heading: string
  readonly explanation: string
  /** The one that the others are compared with is the first. */
  readonly contestants: readonly Contestant[]
}
