// Looks a name up, for calls whose target a customer names. It asks DNS itself: no hosts file, and no thread that a slow server could hold.
import { Resolver } from 'node:dns/promises'

export interface Address {
  readonly address: string
  readonly family: 4 | 6
}

/** All addresses of a name; none when there is no such name. */
export type Resolve = (name: string) => Promise<readonly Address[]>

export const dnsResolve = (): Resolve => {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  return async (name) => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    const found = (answer: typeof four, family: 4 | 6): readonly Address[] =>
      answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : []
    return [...found(four, 4), ...found(six, 6)]
  }
}
