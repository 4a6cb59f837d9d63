// Everything that is allowed in a database, to everybody and every key that is asked about: to compare two states of it.
import { decide } from '@latchkey/core/access/decide'
import { parseSecret } from '@latchkey/core/credentials/secret-format'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { type PrincipalRef, userOf } from '@latchkey/core/kernel/principal'
import type { App } from '../../functions/src/app.ts'
import type { Caller } from '../../functions/src/guard/caller.ts'

interface Asked {
  readonly principals: ReadonlySet<string>
  /** By a name for each. */
  readonly secrets: ReadonlyMap<string, string>
  readonly tenants: ReadonlySet<string>
}

const callersOf = async (app: App, { principals, secrets }: Asked): Promise<readonly (readonly [string, Caller])[]> => {
  const now = app.clock()
  const people = await Promise.all(
    [...principals].map(async (name): Promise<[string, Caller]> => {
      const principal = name as PrincipalRef // as the test has named them
      const uid = userOf(principal)
      const [user] = uid === undefined ? [] : await app.store.read.getAll([`users/${uid}`])
      const staff = user?.['staff'] === true
      const session =
        uid === undefined || !staff
          ? undefined
          : { uid, signedInAt: now, authTimeSeconds: 0, verifiedEmail: undefined, displayName: undefined, staff }
      return [name, { principal, credential: '', kind: 'session', session, key: undefined }]
    }),
  )
  const keys = await Promise.all(
    [...secrets].map(async ([name, text]): Promise<readonly [string, Caller][]> => {
      const secret = parseSecret(text)
      const caller = secret && (await app.guard.authenticateKey(app.store.read, secret, now))
      return caller === undefined ? [] : [[`key ${name}`, caller]]
    }),
  )
  return [...people, ...keys.flat()]
}

/** Each as one line: who, what, where. */
export const allowedIn = async (app: App, asked: Asked): Promise<ReadonlySet<string>> => {
  const allowed = new Set<string>()
  for (const [name, caller] of await callersOf(app, asked))
    for (const tenant of asked.tenants) {
      const facts = await app.loadFacts(app.store.read, caller, tenant as TenantId) // as the test has named it
      if (!facts.ok) continue
      const { head, chain } = facts.value
      const own = chain.flatMap(({ ownPermissions }) => [...ownPermissions.keys()])
      for (const permission of [...head.permissionByName.keys(), ...own]) {
        const question = { permission, resource: {}, action: {}, request: {} } as Parameters<typeof decide>[0] // from nowhere
        if (decide(question, facts.value, app.clock()).allowed) allowed.add(`${name} ${permission} ${tenant}`)
      }
    }
  return allowed
}
