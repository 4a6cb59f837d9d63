// Secrets that a key drew: by a rotation that was called with a key, of its own or of another one.
import { earliest, type Instant } from '@latchkey/core/kernel/time'
import { type DocumentFields, instantIn } from '../../../platform/store/reader.ts'
import type { StoredKey } from '../keys/key-document.ts'

/** The key drew its own newest secret: whoever had the one before may have it. */
export const isDrawnByItself = ({ key, current }: StoredKey): boolean => current.fields['drawnBy'] === key

/** Of a secret: when it was rotated away, or taken back. */
export const endOf = (fields: DocumentFields | undefined): Instant | undefined =>
  earliest(instantIn(fields?.['endsAt']), instantIn(fields?.['revokedAt']))
