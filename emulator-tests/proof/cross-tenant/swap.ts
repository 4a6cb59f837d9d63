// Takes a body that is right within one agency and puts foreign ids in its places: one, several, all, and mixed with its own.
import { formatSecret, parseSecret } from '@latchkey/core/credentials/secret-format'
import type { CredentialId } from '@latchkey/core/kernel/ids'
import type { Random } from '../support/random.ts'
import type { Ids, Kind } from './estate.ts'

type Path = readonly (string | number)[]

/** Where an id of a kind stands in a body; it may be a part of a longer text, as in a page token. */
export interface Place {
  readonly path: Path
  readonly kind: Kind
}

export const placesIn = (body: unknown, own: Ids, path: Path = []): readonly Place[] => {
  if (typeof body === 'string') {
    const kinds = (Object.keys(own) as Kind[]).filter((kind) => body.includes(own[kind])) // the keys of a closed record
    return kinds.map((kind) => ({ path, kind }))
  }
  if (Array.isArray(body)) return body.flatMap((item, index) => placesIn(item, own, [...path, index]))
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body).flatMap(([name, value]) => placesIn(value, own, [...path, name]))
}

/** The same body with the text at each place rewritten. */
const rewritten = (body: unknown, changes: ReadonlyMap<string, (text: string) => string>, path: Path = []): unknown => {
  if (typeof body === 'string') return changes.get(path.join('/'))?.(body) ?? body
  if (Array.isArray(body)) return body.map((item, index) => rewritten(item, changes, [...path, index]))
  if (typeof body !== 'object' || body === null) return body
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, rewritten(value, changes, [...path, name])]),
  )
}

const put = (body: unknown, own: Ids, ids: readonly (readonly [Place, string])[]): unknown => {
  const changes = new Map<string, (text: string) => string>()
  for (const [{ path, kind }, id] of ids) {
    const before = changes.get(path.join('/'))
    changes.set(path.join('/'), (text) => (before?.(text) ?? text).replaceAll(own[kind], id))
  }
  return rewritten(body, changes)
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A well-formed id that never was, and the very next one in any list: where a list goes on after it says nothing. */
export const twinOf = (id: string): string => {
  const secret = parseSecret(id)
  if (secret !== undefined) return formatSecret(secret.kind, twinOf(secret.id) as CredentialId, new Uint8Array(32)) // well-formed as its pattern says
  const last = id.at(-1) ?? ''
  const next = last === 'z' ? 'y' : (alphabet[alphabet.indexOf(last) + 1] ?? '0')
  return id.slice(0, -1) + next
}

export interface Swapped {
  readonly places: readonly Place[]
  readonly foreign: unknown
  /** The same call with ids that never were, in the same places. */
  readonly twin: unknown
  /** Foreign id and twin: an answer may repeat what it was asked. */
  readonly pairs: readonly (readonly [foreign: string, twin: string])[]
}

/** An account may be any account, and where the tenant of the call stands, one may stand for its agency. */
const standIns = ({ kind, path }: Place): readonly Kind[] => {
  if (kind === 'account' || kind === 'second') return ['account', 'second']
  return kind === 'agency' && path.at(-1) === 'tenant' ? ['agency', 'agency', 'agency', 'account'] : [kind]
}

/** At least one foreign id, mostly all of one agency. */
export const swapped = (random: Random, body: unknown, own: Ids, estates: readonly Ids[]): Swapped => {
  const places = placesIn(body, own)
  const chosen = places.filter(() => random.chance(0.5))
  if (chosen.length === 0) chosen.push(random.pick(places))
  const estate = random.pick(estates)
  const ids = chosen.map((place): readonly [Place, string] => {
    const from = random.chance(0.9) ? estate : random.pick(estates)
    return [place, from[random.pick(standIns(place))]]
  })
  const twins = ids.map(([place, id]) => [place, twinOf(id)] as const)
  return {
    places: chosen,
    foreign: put(body, own, ids),
    twin: put(body, own, twins),
    pairs: ids.map(([, id]) => [id, twinOf(id)]),
  }
}
