// The places of an agency's slow endpoints, in one document for all of its tree: whoever is slow has one of them, or waits (CATALOGUE T-46).
import type { Instant } from '@latchkey/core/kernel/time'
import { othersOn, type Places, placed } from '@latchkey/core/webhooks/places'
import { type DocumentFields, instantIn, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { Endpoint } from './queue-document.ts'

interface Placing extends Endpoint {
  /** The endpoint's tenant. */
  readonly node: DocumentFields | undefined
}

interface Place {
  /** Where it is kept. */
  readonly place: string | undefined
  readonly writes: readonly Write[]
}

/** Of whoever needs none. */
export const noPlace: Place = { place: undefined, writes: [] }

/** Undefined when all are taken. A place that nobody leaves ends with its lease. */
export const takePlace = async (
  read: Reader,
  { tenant, webhook, node }: Placing,
  span: { readonly now: Instant; readonly until: Instant },
): Promise<Place | undefined> => {
  const top = node?.['kind'] === 'account' ? String(node['parentId']) : tenant
  const place = `limits/webhook-places-${top}`
  const [fields] = await read.getAll([place])
  const places = placed(placesIn(fields), webhook, span)
  return places === undefined ? undefined : { place, writes: [stored(place, places, span.until)] }
}

export const leavePlace = async (
  read: Reader,
  { webhook, place }: { readonly webhook: string; readonly place: string | undefined },
  now: Instant,
): Promise<readonly Write[]> => {
  if (place === undefined) return []
  const [fields] = await read.getAll([place])
  return [stored(place, othersOn(placesIn(fields), webhook, now), now)]
}

const placesIn = (fields: DocumentFields | undefined): Places =>
  Object.fromEntries(
    Object.entries((fields?.['places'] ?? {}) as DocumentFields).flatMap(([holder, until]) => {
      const end = instantIn(until)
      return end === undefined ? [] : [[holder, end]]
    }),
  )

/** It goes by itself once nobody holds one. */
const stored = (path: string, places: Places, until: Instant): Write => ({
  kind: 'set',
  path,
  fields: {
    places: Object.fromEntries(Object.entries(places).map(([holder, end]) => [holder, timestampOf(end)])),
    expiresAt: timestampOf([until, ...Object.values(places)].reduce((latest, one) => (one > latest ? one : latest))),
  },
})
