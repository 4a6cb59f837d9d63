// One line of the traffic table: something that happens so often and costs so much each time.
import type { Pair } from './rates.ts'
import type { Cost } from './read-costs.ts'

export interface Line {
  readonly name: string
  readonly what: string
  /** A second. */
  readonly requests: Pair
  readonly cost: Cost
  readonly cpuMilliseconds: number
  /** Of a part: so many are waited for at once; one without it. */
  readonly atOnce?: number
  /**
   * `authz`, `door`: through the load balancer, to the function that answers services or to another. `inside`: called by the cloud itself.
   * `part`: something within the requests of other lines; of `authz part`, within those that services wait for.
   */
  readonly via: 'authz' | 'door' | 'inside' | 'part' | 'authz part'
}

export const nothing: Cost = { reads: 0, writes: 0, kms: 0, calls: 0 }

const summed = (one: Cost, other: Cost, factor: number): Cost => ({
  reads: one.reads + other.reads * factor,
  writes: one.writes + other.writes * factor,
  kms: one.kms + other.kms * factor,
  calls: one.calls + other.calls * factor,
})

/** So many of each together. */
export const together = (...parts: readonly (readonly [count: number, cost: Cost])[]): Cost =>
  parts.reduce((total, [count, cost]) => summed(total, cost, count), nothing)
