// Whether a sign-in still counts: against the person's status, their `notBefore`, and the sessions they or an admin denied.
import { instantOf } from '../../kernel/time.ts'
import type { DocumentFields, MomentIn } from './documents.ts'

/** `user` is the document `users/{uid}`; `authTimeSeconds` as in the ID token. Signed in at `notBefore` itself is dead. */
export const sessionStands = (user: DocumentFields, authTimeSeconds: number, momentIn: MomentIn): boolean => {
  const notBefore = momentIn(user['notBefore'])
  const denied = user['deniedAuthTimes']
  if (user['status'] !== undefined && user['status'] !== 'active') return false
  // What cannot be read was meant to end sessions, so it ends them.
  if (user['notBefore'] !== undefined && notBefore === undefined) return false
  if (denied !== undefined && !Array.isArray(denied)) return false
  if (notBefore !== undefined && instantOf(authTimeSeconds * 1000) <= notBefore) return false
  return !(Array.isArray(denied) && denied.includes(authTimeSeconds))
}
