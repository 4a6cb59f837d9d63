// Documents kept for four seconds at most, for the calls that ask a thousand times a second; never for what makes power.
import { type Instant, isOver, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { Reader, Stamped } from './reader.ts'
import type { Revision } from './revision.ts'

/**
 * Absolute, from the moment the read began: no use prolongs it. A revocation is to be heard within five seconds by 99 of 100
 * (DESIGN.md §8), so what is kept lives a second less: the way through the network counts, too.
 */
export const cacheLifeSeconds = secondsOf(4)
const maxDocuments = 50_000

interface Kept {
  readonly read: Promise<Stamped>
  /** The same as soon as it is there, so that nobody waits for what is known. */
  found: Stamped | undefined
  /** When the read began. */
  readonly at: Instant
}

export interface Cache {
  /** Reads through the cache; what it kept from before `atLeast` is read again. Lists are never kept. */
  readonly reader: (atLeast?: Revision) => Reader
  /** What this instance has just committed: older snapshots of these paths are neither served nor stored again. */
  readonly forget: (paths: readonly string[], at: Revision) => void
}

export const documentCache = (strict: Reader, clock: Clock): Cache => {
  const kept = new LRUCache<string, Kept>({ max: maxDocuments })
  const written = new LRUCache<string, Revision>({ max: maxDocuments })
  const fill = filling(strict, clock, kept)
  const serve = async (paths: readonly string[], atLeast: Revision | undefined): Promise<readonly Stamped[]> => {
    const now = clock()
    fill([...new Set(paths)].filter((path) => !isFresh(kept.get(path), now)))
    const found = await Promise.all(paths.map((path) => kept.get(path)?.read))
    const old = paths.filter((path, index) => isOlder(found[index], later(atLeast, written.get(path))))
    if (old.length === 0) return found.map(whole)
    fill([...new Set(old)])
    return Promise.all(paths.map(async (path) => whole(await kept.get(path)?.read)))
  }
  const atHand = (paths: readonly string[], atLeast: Revision | undefined): Stamped[] | undefined => {
    const now = clock()
    const all: Stamped[] = []
    for (const path of paths) {
      const entry = kept.get(path)
      if (!isFresh(entry, now) || isOlder(entry?.found, later(atLeast, written.get(path)))) return undefined
      all.push(whole(entry?.found))
    }
    return all
  }
  return {
    reader: (atLeast) => ({
      getStamped: (paths) => serve(paths, atLeast),
      getAll: async (paths) => (atHand(paths, atLeast) ?? (await serve(paths, atLeast))).map(({ fields }) => fields),
      list: strict.list,
      atHand: (paths) => atHand(paths, atLeast)?.map(({ fields }) => fields),
    }),
    forget: (paths, at) => {
      for (const path of paths) {
        written.set(path, at)
        kept.delete(path)
      }
    },
  }
}

const filling =
  (strict: Reader, clock: Clock, kept: LRUCache<string, Kept>) =>
  (paths: readonly string[]): void => {
    if (paths.length === 0) return
    const at = clock()
    const batch = strict.getStamped(paths)
    paths.forEach((path, index) => {
      const read = batch.then((all) => whole(all[index]))
      const entry: Kept = { read, at, found: undefined }
      read.then(
        (found) => {
          entry.found = found
        },
        // A failed read is nobody's answer but that of those who already wait for it.
        () => kept.get(path) === entry && kept.delete(path),
      )
      kept.set(path, entry)
    })
  }

/** A clock that was set back makes nothing younger. */
const isFresh = (kept: Kept | undefined, now: Instant): boolean =>
  kept !== undefined && now >= kept.at && !isOver(plusSeconds(kept.at, cacheLifeSeconds), now)

const later = (left: Revision | undefined, right: Revision | undefined): Revision | undefined =>
  left === undefined || (right !== undefined && right > left) ? right : left

const isOlder = (found: Stamped | undefined, atLeast: Revision | undefined): boolean =>
  found === undefined || (atLeast !== undefined && found.asOf < atLeast)

const whole = (found: Stamped | undefined): Stamped => {
  if (found === undefined) throw new Error('a read answered with fewer documents than it was asked for')
  return found
}
