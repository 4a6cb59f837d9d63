// A world whose project has the real rules, and clients that read it as the console does: with the claims of a real sign-in.
import { readFileSync } from 'node:fs'
import { initializeTestEnvironment, type RulesTestEnvironment, type TokenOptions } from '@firebase/rules-unit-testing'
import {
  collection,
  doc,
  type Firestore,
  getDocFromServer,
  getDocsFromServer,
  limit,
  query,
  setDoc,
  setLogLevel,
  updateDoc,
} from 'firebase/firestore'
import { endpoints } from '../support/stack.ts'
import { makeWorld, type World } from '../support/world.ts'

setLogLevel('silent') // the library reports every denial of a write; here they are what is wanted

export type Verdict = 'allowed' | 'denied'

/** What the rules said; any failure but a denial is a fault of the test. */
export const verdict = (tried: Promise<unknown>): Promise<Verdict> =>
  tried.then(
    () => 'allowed' as const,
    (error: unknown) => {
      if ((error as { readonly code?: unknown }).code === 'permission-denied') return 'denied' as const
      throw error
    },
  )

export const getOf = (db: Firestore, path: string): Promise<Verdict> => verdict(getDocFromServer(doc(db, path)))
export const listOf = (db: Firestore, path: string, most = 10): Promise<Verdict> =>
  verdict(getDocsFromServer(query(collection(db, path), limit(most))))

export interface Opened {
  readonly uid: string
  readonly see: readonly string[]
  readonly authTime: number
  readonly token: string
  readonly db: Firestore
}

export interface RulesWorld {
  readonly world: World
  readonly projectId: string
  /** Signs in and enters a tenant by `tenants/enter`; answers the client of that very session. */
  readonly enter: (uid: string, tenant: string) => Promise<Opened>
  /** A client with these claims, whether or not such a session exists. */
  readonly client: (uid: string, claims: object) => Firestore
  readonly anonymous: () => Firestore
  /** Writes past the rules, and past the operations: only to stage what no operation does. */
  readonly stage: (path: string, fields: object) => Promise<void>
  /** Changes the named fields and puts them back after `during`. */
  readonly altered: (path: string, fields: object, during: () => Promise<void>) => Promise<void>
  readonly close: () => Promise<void>
}

export const authTimeOf = (token: string): number => {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
    readonly auth_time: number // Firebase Auth puts it into every ID token
  }
  return claims.auth_time
}

export const makeRulesWorld = async (): Promise<RulesWorld> => {
  const world = await makeWorld()
  const { projectId } = world
  const [host = '', port = ''] = endpoints.firestore.split(':')
  const rules = readFileSync(new URL('../../firestore.rules', import.meta.url), 'utf8')
  const env = await initializeTestEnvironment({ projectId, firestore: { rules, host, port: Number(port) } })
  const client = clientsOf(env)
  return {
    world,
    projectId,
    client,
    anonymous: () => modular(env.unauthenticatedContext().firestore()),
    enter: async (uid, tenant) => {
      const token = await world.idToken(uid)
      const authTime = authTimeOf(token)
      const { see } = await world.withToken(token).must('tenants/enter', { tenant })
      return { uid, see, authTime, token, db: client(uid, { auth_time: authTime }) }
    },
    stage: (path, fields) =>
      env.withSecurityRulesDisabled((context) => setDoc(doc(modular(context.firestore()), path), fields)),
    altered: (path, fields, during) =>
      env.withSecurityRulesDisabled(async (context) => {
        const ref = doc(modular(context.firestore()), path)
        const before = (await getDocFromServer(ref)).data()
        if (before === undefined) throw new Error(`there is no ${path}`)
        await updateDoc(ref, fields)
        try {
          await during()
        } finally {
          await setDoc(ref, before)
        }
      }),
    close: async () => {
      await env.cleanup()
      await world.close()
    },
  }
}

// Cast: the library types its clients by the older interface; the functions of `firebase/firestore` take both.
const modular = (db: unknown): Firestore => db as Firestore

/** One client a session: each opens a connection of its own. Cast: some claims are deliberately of a type that no token has. */
const clientsOf = (env: RulesTestEnvironment) => {
  const made = new Map<string, Firestore>()
  return (uid: string, claims: object): Firestore => {
    const key = JSON.stringify([uid, claims])
    const db = made.get(key) ?? modular(env.authenticatedContext(uid, claims as TokenOptions).firestore())
    made.set(key, db)
    return db
  }
}
