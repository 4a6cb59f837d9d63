// A page of a long operation: goes on ending what a leaked key has made, where the call that reported it could not.
import { isKeyId, type OpId, prefixes } from '@latchkey/core/kernel/ids'
import type { Instant } from '@latchkey/core/kernel/time'
import { bySystem } from '../../../platform/store/by-system.ts'
import { type DocumentFields, instantIn } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { endDescendants } from './end-descendants.ts'

interface WorkPage {
  readonly operation: string
  readonly after: string | undefined
  readonly limit: number
  readonly now: Instant
  readonly fields: DocumentFields
}

/** Each page looks from the root on: what has ended is passed through. */
export const endWorkPage =
  (dependencies: Pick<CredentialsDependencies, 'commit' | 'drawId' | 'read'>) =>
  async ({ operation, after, limit, now, fields }: WorkPage) => {
    const key = String(fields['key'])
    if (!isKeyId(key)) return { marked: 0, next: undefined }
    const opId = dependencies.drawId(prefixes.op) as OpId // just drawn
    const commit = bySystem({ job: 'secretScanner', opId, runId: operation, now })
    const root = { key, until: instantIn(fields['until']) }
    const done = await endDescendants(root, limit, { commit, now }, dependencies)
    if (!done.ok)
      throw done.error.code === 'unavailable' ? new StoreError('unavailable', done.error) : new Error(done.error.code)
    const { ended, complete } = done.value
    return { marked: ended, next: complete ? undefined : String(Number(after ?? 0) + ended) }
  }
