// Firebase Auth: who is behind an ID token, verified here and never taken from the framework (DESIGN.md §5).
import { isUserId, type UserId } from '@latchkey/core/kernel/ids'
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import { getApps, initializeApp } from 'firebase-admin/app'
import { type DecodedIdToken, getAuth } from 'firebase-admin/auth'
import { StoreError } from './store/store-error.ts'

export interface SignedIn {
  readonly uid: UserId
  /** The moment of the sign-in, not of the token: with the uid it names the session. */
  readonly authTime: Instant
  /** Seconds since the epoch exactly as in the token: the key of a denied session. */
  readonly authTimeSeconds: number
  /** The mailbox, only when Firebase Auth verified it. */
  readonly verifiedEmail: string | undefined
  readonly displayName: string | undefined
}

export interface Accounts {
  /** Undefined for anything but a live, unrevoked token of this project; throws when Firebase Auth cannot be asked. */
  readonly verifyIdToken: (token: string) => Promise<SignedIn | undefined>
  /** Of at most 100 people, whom Firebase Auth would let sign in; throws when it cannot be asked. */
  readonly standingOf: (uids: readonly UserId[]) => Promise<ReadonlyMap<UserId, AccountStanding>>
  /** Of at most 100 people, the verified mailboxes of those who may sign in; throws when it cannot be asked. */
  readonly mailboxesOf: (uids: readonly UserId[]) => Promise<ReadonlyMap<UserId, string>>
  /** Shuts an account out of Firebase Auth, or lets it in again. */
  readonly setDisabled: (uid: UserId, disabled: boolean) => Promise<void>
}

export type AccountStanding = 'active' | 'disabled' | 'gone'

/** Codes that say something about the token; any other failure is Firebase Auth's own and must not look like a refusal. */
const refusals = new Set([
  'auth/argument-error',
  'auth/id-token-expired',
  'auth/id-token-revoked',
  'auth/invalid-id-token',
  'auth/user-disabled',
  'auth/user-not-found',
])

/** The library calls it an argument error, too, when it could not fetch Google's keys. */
const couldNotAsk = /fetch|network|timed? ?out|ECONN|ENOTFOUND|EAI_AGAIN|socket/i

const isRefusal = (error: unknown): boolean =>
  refusals.has(codeOf(error)) &&
  !(error instanceof Error && codeOf(error) === 'auth/argument-error' && couldNotAsk.test(error.message))

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

const signedIn = (token: DecodedIdToken): SignedIn | undefined => {
  if (!isUserId(token.uid) || !Number.isFinite(token.auth_time)) return undefined
  return {
    uid: token.uid,
    authTime: instantOf(token.auth_time * 1000),
    authTimeSeconds: token.auth_time,
    verifiedEmail: token.email_verified === true ? token.email : undefined,
    displayName: typeof token['name'] === 'string' ? token['name'] : undefined,
  }
}

const orUnavailable = async <T>(asked: Promise<T>): Promise<T> => {
  try {
    return await asked
  } catch (error) {
    throw new StoreError('unavailable', error)
  }
}

/** The accounts of `projectId`. Revocation and disabling are asked of Firebase Auth each time (CATALOGUE C-097). */
export const firebaseAccounts = (projectId: string): Accounts => {
  const app = getApps().find((candidate) => candidate.name === projectId) ?? initializeApp({ projectId }, projectId)
  const auth = getAuth(app)
  return {
    verifyIdToken: async (token) => {
      try {
        return signedIn(await auth.verifyIdToken(token, true))
      } catch (error) {
        if (isRefusal(error)) return undefined
        throw new StoreError('unavailable', error) // "cannot tell" is never "no"
      }
    },
    standingOf: async (uids) => {
      const { users } = await orUnavailable(auth.getUsers(uids.map((uid) => ({ uid }))))
      const found = new Map(users.map(({ uid, disabled }) => [uid, disabled ? 'disabled' : 'active'] as const))
      return new Map(uids.map((uid) => [uid, found.get(uid) ?? 'gone']))
    },
    mailboxesOf: async (uids) => {
      const { users } = await orUnavailable(auth.getUsers(uids.map((uid) => ({ uid }))))
      return new Map(
        users.flatMap(({ uid, email, emailVerified, disabled }) =>
          email !== undefined && emailVerified && !disabled && isUserId(uid) ? [[uid, email] as const] : [],
        ),
      )
    },
    setDisabled: async (uid, disabled) => {
      await orUnavailable(auth.updateUser(uid, { disabled }))
    },
  }
}
