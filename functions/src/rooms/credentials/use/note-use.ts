// When and from where a secret was last used, to the minute: at most one write a secret, instance and minute, and never a reason to fail a call.
import type { KeyFacts } from '@latchkey/core/access/assembly/asker'
import { type Instant, isOver, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../../../guard/caller.ts'
import type { Project } from '../../../platform/store/project.ts'
import { timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import { keyPath } from '../keys/key-document.ts'

export type NoteUse = (caller: Caller, now: Instant, address: string | undefined) => Promise<void>

const sampleSeconds = minutes(1)

export const useNoter = (project: Project): NoteUse => {
  const noted = new LRUCache<string, Instant>({ max: 20_000 })
  const done = Promise.resolve()
  return (caller, now, address) => {
    const { key } = caller
    if (key === undefined) return done
    const last = noted.get(key.id)
    if (last !== undefined && !isOver(plusSeconds(last, sampleSeconds), now)) return done
    noted.set(key.id, now)
    const writes = writesOf(caller, key, now, address)
    // Without a read: many instances note the same key at once, and none is to wait for another.
    return project(async () => ({ writes })).then(
      () => undefined,
      () => undefined, // a call is not refused because its trace could not be kept
    )
  }
}

/** `uses/{credential}`: when and from where one secret was last used; for the server only, and nothing that decides. */
export const usePath = (credential: string): string => `uses/${credential}`

/** By which of the two secrets of a rotation it was: the old one carries its end. */
const writesOf = (
  { credential, bounds }: Caller,
  { id, home }: KeyFacts,
  now: Instant,
  address: string | undefined,
): readonly Write[] => {
  const lastUsedAt = timestampOf(now)
  const field = bounds?.endsAt === undefined ? 'lastUsedAt' : 'previousUsedAt'
  const use = { lastUsedAt, ...(address === undefined ? {} : { lastAddress: address }) }
  return [
    { kind: 'update', path: keyPath(home, credential), fields: { [field]: lastUsedAt } },
    { kind: 'merge', path: usePath(id), fields: use },
  ]
}
