// When a key was last used, to the minute: at most one write a key, instance and minute, and never a reason to fail a call.
import type { Instant } from '@latchkey/core/kernel/time'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../../guard/caller.ts'
import type { Project } from '../../platform/store/project.ts'
import { timestampOf } from '../../platform/store/reader.ts'
import { keyPath } from './key-document.ts'

export type NoteUse = (caller: Caller, now: Instant) => Promise<void>

const sampleMilliseconds = 60_000

export const useNoter = (project: Project): NoteUse => {
  const noted = new LRUCache<string, Instant>({ max: 20_000 })
  return async ({ key, credential }, now) => {
    const last = noted.get(credential)
    if (key === undefined || (last !== undefined && now - last < sampleMilliseconds)) return
    noted.set(credential, now)
    const path = keyPath(key.tenant, credential)
    await project(async () => ({ writes: [{ kind: 'update', path, fields: { lastUsedAt: timestampOf(now) } }] })).catch(
      () => undefined, // a call is not refused because its trace could not be kept
    )
  }
}
