// People and services of the demo world, acting through the real pipeline: real ID tokens, real keys, every stage.
import type { App } from '../../functions/src/app.ts'
import type { AnyOperation } from '../../functions/src/guard/definition.ts'
import { pass } from '../../functions/src/guard/pipeline.ts'
import { type DemoPerson, demoPassword } from './world.ts'

export type Operations = ReadonlyMap<string, AnyOperation>
/** Calls `apiKeys/create` and the like; throws with the code when it is refused. */
export type Act = (operation: string, input: object) => Promise<Record<string, unknown>>

interface Door {
  readonly transport: 'callable' | 'http'
  readonly bearer: string
}

export const actingAs =
  (app: App, operations: Operations, { transport, bearer }: Door): Act =>
  async (name, input) => {
    const definition = operations.get(name)
    if (definition === undefined) throw new Error(`There is no operation ${name}.`)
    const body = new TextEncoder().encode(JSON.stringify(transport === 'callable' ? { data: input } : input))
    const call = {
      transport,
      body,
      authorization: [`Bearer ${bearer}`],
      contentType: 'application/json',
      idempotencyKey: undefined,
      address: '127.0.0.1',
    }
    const { result } = await pass(call, definition, app.guard)
    if (!result.ok) throw new Error(`${name} was refused: ${JSON.stringify(result.error)}`)
    return result.value as Record<string, unknown> // every output is an object
  }

interface Emulator {
  readonly auth: string
  readonly projectId: string
}

const post = async (
  url: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as Record<string, unknown>
  if (!response.ok) throw new Error(`${url}: ${JSON.stringify(answer)}`)
  return answer
}

/** Makes the person in the Auth emulator, with a verified mailbox. */
export const enrol = ({ auth, projectId }: Emulator, { uid, email, name }: DemoPerson): Promise<unknown> =>
  post(
    `${auth}/identitytoolkit.googleapis.com/v1/projects/${projectId}/accounts`,
    { localId: uid, email, displayName: name, password: demoPassword, emailVerified: true },
    { authorization: 'Bearer owner' },
  )

/** A fresh ID token, by the same REST call that the README shows. */
export const signIn = async ({ auth, projectId }: Emulator, email: string): Promise<string> => {
  const answer = await post(
    `${auth}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=demo`,
    { email, password: demoPassword, returnSecureToken: true, targetProjectId: projectId },
    { authorization: 'Bearer owner' }, // only an administrator may name the project
  )
  return String(answer['idToken'])
}
