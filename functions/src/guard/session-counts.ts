// Whether a sign-in still counts, by the person's stored document.
import { sessionStands } from '@latchkey/core/access/assembly/session-counts'
import { type DocumentFields, instantIn } from '../platform/store/reader.ts'

export const sessionCounts = (user: DocumentFields, authTimeSeconds: number): boolean =>
  sessionStands(user, authTimeSeconds, instantIn)
