// The stock Firebase client calls the callables; the typed client of the SDK sits on top of it.

import { readFileSync } from 'node:fs'
import { deleteApp, type FirebaseApp, initializeApp } from 'firebase/app'
import { connectAuthEmulator, getAuth, signInWithEmailAndPassword } from 'firebase/auth'
import { connectFunctionsEmulator, type Functions, getFunctions, httpsCallable } from 'firebase/functions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { latchkeyClient } from '../../sdk/src/client.ts'
import { refusalOf } from '../../sdk/src/refusal.ts'
import { endpoints } from '../support/stack.ts'

interface Demo {
  readonly agencies: Readonly<Record<'northwind' | 'cedar', { readonly tenant: string }>>
}

const demo = JSON.parse(readFileSync(`${endpoints.stateDir}/demo.json`, 'utf8')) as Demo // written by the seed

describe('the stock client', () => {
  let app: FirebaseApp
  let functions: Functions
  beforeAll(async () => {
    app = initializeApp({ projectId: endpoints.projectId, apiKey: 'demo' })
    const auth = getAuth(app)
    connectAuthEmulator(auth, endpoints.auth, { disableWarnings: true })
    await signInWithEmailAndPassword(auth, 'olivia.hart@northwind.example', 'latchkey-demo-2026')
    functions = getFunctions(app, endpoints.region)
    const { hostname, port } = new URL(endpoints.functions)
    connectFunctionsEmulator(functions, hostname, Number(port))
  })
  afterAll(() => deleteApp(app))

  const tenant = demo.agencies.northwind.tenant

  it('creates a key with httpsCallable(functions, "apiKeys/create")', async () => {
    const { data } = await httpsCallable(
      functions,
      'apiKeys/create',
    )({ tenant, name: 'Stock', scopes: ['contacts.readonly'] })
    expect(data).toMatchObject({ key: { tenant, status: 'active' }, secret: expect.stringMatching(/^lk_api_/) })
  }, 60_000)

  it('carries the typed client, and gives the same answer to the same idempotency key', async () => {
    const latchkey = latchkeyClient((name, input) => httpsCallable(functions, name)(input).then(({ data }) => data))
    const input = { tenant, name: 'Typed', scopes: ['contacts.readonly'] }
    const first = await latchkey.call('apiKeys/create', input, { idempotencyKey: 'typed-client-0001' })
    const second = await latchkey.call('apiKeys/create', input, { idempotencyKey: 'typed-client-0001' })
    expect(second).toEqual(first)
  }, 60_000)

  it('T-14 is told not_found for another agency’s tenant, with the code in the details', async () => {
    const refused = httpsCallable(functions, 'tenants/get')({ tenant: demo.agencies.cedar.tenant })
    await expect(refused).rejects.toMatchObject({ code: 'functions/not-found' })
    const error: unknown = await refused.catch((caught: unknown) => caught)
    expect(refusalOf(error)).toMatchObject({ code: 'not_found', requestId: expect.stringMatching(/^req_/) })
  }, 60_000)
})
