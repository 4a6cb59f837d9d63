// Digests of the state before and after a change, document by document, by the salt of its event: whoever does not have it can confirm no guess.
import { canonicalJson, type Json } from '@latchkey/core/kernel/canonical-json'
import { sha256 } from '../seal.ts'
import type { DocumentFields, ListQuery, Reader } from './reader.ts'
import type { Write } from './write.ts'

/** What a transaction has read, by path; undefined for a document that was not there. */
export type Seen = ReadonlyMap<string, DocumentFields | undefined>

export interface Noting {
  readonly read: Reader
  readonly seen: Seen
}

/** Notes what is read anyway, so that the state before a change costs no read of its own. */
export const notingReader = ({ getStamped, getAll, list }: Reader): Noting => {
  const seen = new Map<string, DocumentFields | undefined>()
  return {
    seen,
    read: {
      getStamped: async (paths) => {
        const found = await getStamped(paths)
        for (const [index, path] of paths.entries()) seen.set(path, found[index]?.fields)
        return found
      },
      getAll: async (paths) => {
        const found = await getAll(paths)
        for (const [index, path] of paths.entries()) seen.set(path, found[index])
        return found
      },
      list: async (query) => {
        const found = await list(query)
        for (const { id, fields } of found) seen.set(pathIn(query, id), fields)
        return found
      },
    },
  }
}

/** In a group the id is the whole path. */
const pathIn = ({ collection, group }: ListQuery, id: string): string => (group === true ? id : `${collection}/${id}`)

export interface Digests {
  /** Of every document that is written: as it was, or that it was not there, or that nobody had read it. */
  readonly before: string
  readonly after: string
}

export const digestsOf = (writes: readonly Write[], seen: Seen, salt: string): Digests => {
  const digest = (name: keyof Digests, lines: readonly string[]): string =>
    sha256(`latchkey.audit.${name}.v1\n${salt}\n${lines.join('\n')}`)
  return {
    before: digest(
      'before',
      writes.map((write) => `${write.path} ${stateBefore(write, seen)}`),
    ),
    after: digest(
      'after',
      writes.map((write) => `${write.kind} ${write.path} ${write.kind === 'delete' ? '' : stableText(write.fields)}`),
    ),
  }
}

const stateBefore = ({ kind, path }: Write, seen: Seen): string => {
  const fields = seen.get(path)
  if (fields !== undefined) return stableText(fields)
  return kind === 'create' || seen.has(path) ? 'none' : 'unread'
}

// Stringify turns timestamps into plain values.
const stableText = (fields: DocumentFields): string => canonicalJson(JSON.parse(JSON.stringify(fields)) as Json)
