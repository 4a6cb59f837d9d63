// What a commit takes away, from its writes and from what its transaction has read: derived, so that no room can forget to say it.
import { shapes, type Taking, takenBy } from '@latchkey/core/lifecycle/restore/taken'
import type { Moments } from '@latchkey/core/lifecycle/restore/way'
import { collectionOf } from './collections.ts'
import type { Seen } from './digests.ts'
import { type DocumentFields, instantIn, timestampOf } from './reader.ts'
import type { Write } from './write.ts'

export const storedMoments: Moments = { momentIn: instantIn, stored: timestampOf }

export const takingsOf = (writes: readonly Write[], seen: Seen): readonly Taking[] =>
  writes.flatMap((write) => {
    const { path, kind } = write
    const taking = takenBy(
      {
        path,
        collection: collectionOf(path),
        fields: fieldsAfter(write),
        before: kind === 'create' || seen.has(path) ? seen.get(path) : 'unread',
      },
      storedMoments,
    )
    return taking === undefined ? [] : [taking]
  })

/** A document that is replaced has lost what it is not said to have. */
const fieldsAfter = (write: Write): DocumentFields | undefined => {
  if (write.kind === 'delete') return undefined
  if (write.kind !== 'set') return write.fields
  const names = Object.keys(shapes[collectionOf(write.path)]?.fields ?? {})
  return { ...Object.fromEntries(names.map((name) => [name, undefined])), ...write.fields }
}
