// Facts that were assembled from documents of a cache are the same for as long as every one of those documents is: they are assembled once.
import type { DocumentFields } from '@latchkey/core/access/assembly/documents'
import type { Head } from '@latchkey/core/access/assembly/head'
import type { Facts } from '@latchkey/core/access/facts'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { Result } from '@latchkey/core/kernel/result'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../../../guard/caller.ts'
import type { Reader } from '../../../platform/store/reader.ts'

interface About {
  readonly caller: Caller
  readonly tenant: TenantId
  readonly head: Head
}

interface Kept {
  readonly about: About
  readonly documents: ReadonlyMap<string, { readonly fields: DocumentFields | undefined }>
  readonly paths: readonly string[]
  readonly facts: Promise<Result<Facts, IamError>>
}

const maxKept = 10_000

/** A key's own facts only: of sign-ins and tokens a new caller is made at each call. */
const idOf = ({ caller, tenant }: Pick<About, 'caller' | 'tenant'>): string | undefined =>
  caller.kind === 'api_key' ? `${caller.key?.id} ${tenant}` : undefined

/** It is the cache that says how old a document may be: what it does not have at hand, or has read again, is assembled again. */
export const keptFacts = () => {
  const all = new LRUCache<string, Kept>({ max: maxKept })
  return {
    find: (read: Reader, about: Omit<About, 'head'> & { readonly head: Head | undefined }) => {
      const id = idOf(about)
      const kept = id === undefined ? undefined : all.get(id)
      if (kept === undefined || kept.about.caller !== about.caller || kept.about.head !== about.head) return undefined
      const found = read.atHand?.(kept.paths)
      if (found === undefined) return undefined
      const same = kept.paths.every((path, index) => kept.documents.get(path)?.fields === found[index])
      return same ? kept.facts : undefined
    },
    /** `documents`: all that they were assembled from. */
    keep: (about: About, documents: Kept['documents'], facts: Result<Facts, IamError>): void => {
      const id = idOf(about)
      if (id === undefined || !facts.ok) return
      all.set(id, { about, documents, paths: [...documents.keys()], facts: Promise.resolve(facts) })
    },
  }
}
