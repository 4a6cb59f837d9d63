// Who is told of a change: services hear of their own tenant, of what is below it, and of what stands above it without names.
import type { OutboxEvent } from '../../platform/store/outbox-feed.ts'

export interface Listening {
  /** The service's tenant first, then what stands above it. */
  readonly chain: readonly string[]
}

/** The tenant above one; undefined when it has none, or is not there. */
export type ParentOf = (tenant: string) => string | undefined

/** The containers of an event as this service hears them; none when it is nothing to it. */
export const heardBy = (
  { changed, tenants }: Pick<OutboxEvent, 'changed' | 'tenants'>,
  { chain }: Listening,
  parentOf: ParentOf,
): readonly string[] => {
  const [home = ''] = chain
  const isBelow = (tenant: string): boolean => tenant === home || parentOf(tenant) === home
  const isAbove = (tenant: string): boolean => chain.includes(tenant)
  // A change that names its tenant, as in a move away from it, concerns it as a whole.
  const whole = chain.at(-1) === home || tenants.includes(home)
  // Keys of tenants above are nobody's here: what they are is not told to services below either.
  const near = whole || tenants.some(isBelow)
  return [
    ...new Set(
      changed.flatMap((container) => {
        const [kind = '', rest = ''] = split(container, ':')
        if (kind === 'catalogue' || kind === 'kid' || kind === 'user') return [container]
        if (kind === 'credential') return near ? [container] : []
        const [tenant = ''] = split(rest, '/')
        if (whole || isBelow(tenant)) return [container]
        if (!isAbove(tenant)) return []
        // Who holds what above is not told by name: all that is kept from there is read again.
        return kind === 'grant' ? [`grant:${tenant}/*`] : [container]
      }),
    ),
  ]
}

const split = (text: string, by: string): readonly string[] => {
  const at = text.indexOf(by)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
