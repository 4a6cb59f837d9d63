// Real Firebase callables of a service before a real Latchkey: `onCall` under the functions framework, called by the callable protocol.

import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { http } from '@google-cloud/functions-framework'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { assertDeclared, type CallableCall, callableGuard } from '@latchkey/sdk/service/adapters/callables'
import type { Latchkey } from '@latchkey/sdk/service/create-latchkey'
import { HttpsError, onCall } from 'firebase-functions/https'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { endpoints } from '../support/stack.ts'
import { authzInstance, type Instance } from './instance.ts'
import { platformVerifier, sdkOf } from './support.ts'

type Call = CallableCall<{ readonly account: string }>
const tenant = ({ data }: Call) => data.account

describe('a service of Firebase callables', () => {
  let two: TwoAgencies
  let instance: Instance
  let latchkey: Latchkey
  let passed = 0
  const servers: Server[] = []
  const origins = new Map<string, string>()
  const clocks = { wall: () => Date.now(), steady: () => performance.now() + passed }
  const guardOf = () => callableGuard({ latchkey, onCall, HttpsError })
  const list = (handled: string[] = []) =>
    guardOf()({ permission: 'contacts.read', tenant }, async ({ data }: Call, caller) => {
      handled.push(data.account)
      return { for: caller?.id, kind: caller?.kind }
    })
  const handled: string[] = []

  beforeAll(async () => {
    two = await twoAgencies()
    const { projectId } = two.world
    // As the platform sets it where functions run.
    vi.stubEnv('FIREBASE_AUTH_EMULATOR_HOST', new URL(endpoints.auth).host)
    vi.stubEnv('FIREBASE_CONFIG', JSON.stringify({ projectId }))
    vi.stubEnv('GCLOUD_PROJECT', projectId)
    instance = await authzInstance(projectId)
    latchkey = sdkOf(two.world, instance, { credential: await platformVerifier(two.world), clocks, feed: false })
    const address = ({ rawRequest: { headers } }: CallableCall<unknown>) =>
      String(headers['x-forwarded-for']).split(', ').at(-1)
    const counting = callableGuard({ latchkey, onCall, HttpsError, address })
    const callables = {
      list: list(handled),
      counting: counting({ permission: 'contacts.read', tenant }, async (_call: Call, caller) => caller?.id),
      purge: guardOf()({ permission: 'contacts.delete', tenant }, async () => 'purged'),
      status: guardOf()({ open: 'asked by the load balancer' }, async (_call: Call, caller) => caller ?? 'up'),
    }
    assertDeclared(callables)
    for (const [name, callable] of Object.entries(callables)) {
      http(name, callable as never) // takes requests of Express, as the framework hands them out
      const server = getTestServer(name)
      servers.push(server)
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
      origins.set(name, `http://127.0.0.1:${(server.address() as AddressInfo).port}`) // it listens on a port
    }
  }, 60_000)
  afterAll(async () => {
    for (const server of servers) server.close()
    vi.unstubAllEnvs()
    await latchkey.close()
    await instance.close()
    await two.world.close()
  })

  const call = async (name: string, account: string, bearer?: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${origins.get(name)}/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...headers,
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify({ data: { account } }),
    })
    return [response.status, await response.json()] as const
  }

  it('answers who may, under their name, and anybody where it is open', async () => {
    const { north, world } = two
    const [status, answer] = await call('list', north.account, await world.idToken(north.ownerUid))
    expect([status, answer]).toEqual([200, { result: { for: `user:${north.ownerUid}`, kind: 'session' } }])
    expect(await call('status', north.account)).toEqual([200, { result: 'up' }])
  })

  it('refuses in Firebase’s words, with our code and what is missing in the details', async () => {
    const { north, world } = two
    expect((await call('purge', north.account, await world.idToken(north.accountAdminUid)))[0]).toBe(200)
    await world.join(north.owner, 'reader', { tenant: north.account, role: 'account.viewer', reach: 'subtree' })
    const reader = await world.idToken('reader')
    expect((await call('list', north.account, reader))[0]).toBe(200)
    const [status, { error }] = await call('purge', north.account, reader)
    expect(status).toBe(403)
    expect(error).toMatchObject({
      status: 'PERMISSION_DENIED',
      details: { code: 'permission_denied', missing: ['contacts.delete'] },
    })
    const [none, { error: nobody }] = await call('list', north.account)
    expect([none, nobody]).toMatchObject([401, { status: 'UNAUTHENTICATED', details: { code: 'invalid_token' } }])
  })

  it('shows nothing of a tenant of another agency', async () => {
    const { north, south, world } = two
    const before = handled.length
    const [status, foreign] = await call('list', south.account, await world.idToken(north.ownerUid))
    const [, never] = await call('list', 'acc_0000000000000000000007', await world.idToken(north.ownerUid))
    expect([status, foreign]).toMatchObject([404, { error: { status: 'NOT_FOUND', details: { code: 'not_found' } } }])
    expect(foreign).toEqual(never)
    expect(handled).toHaveLength(before)
    expect((await call('list', south.account, await world.idToken(south.ownerUid)))[0]).toBe(200)
  })

  it('refuses whose power was taken away', async () => {
    const { north, world } = two
    const token = await world.idToken(north.accountAdminUid)
    expect((await call('list', north.account, token))[0]).toBe(200)
    await north.owner.must('members/remove', { tenant: north.account, user: north.accountAdminUid })
    passed += 5_000
    expect((await call('list', north.account, token))[0]).toBe(404)
    expect((await call('list', north.account, await world.idToken(north.ownerUid)))[0]).toBe(200)
  })

  it('lets no API key in, revoked or not: Firebase itself takes nothing but its ID tokens', async () => {
    const before = handled.length
    const [status, { error }] = await call('list', two.north.account, two.north.key.secret)
    expect([status, error]).toEqual([401, { status: 'UNAUTHENTICATED', message: 'Unauthenticated' }])
    expect(handled).toHaveLength(before)
  })

  it('C-013 knows no address by what the client writes, and by what the service counts out the one that its proxy wrote', async () => {
    const { north, world } = two
    const condition = 'request.address == "192.0.2.1"'
    const atTheOffice = { tenant: north.account, role: 'account.viewer', reach: 'node', condition }
    await world.join(north.owner, 'ann', atTheOffice)
    const bearer = await world.idToken('ann')
    const forwarded = (addresses: string) => ({ 'x-forwarded-for': addresses })
    expect(await call('list', north.account, bearer, forwarded('192.0.2.1'))).toMatchObject([403, {}])
    expect(await call('counting', north.account, bearer, forwarded('192.0.2.1, 198.51.100.7'))).toMatchObject([403, {}])
    expect(await call('counting', north.account, bearer, forwarded('198.51.100.7, 192.0.2.1'))).toMatchObject([200, {}])
  })

  it('does not start with a callable that declares nothing, in a group as well', () => {
    const plain = onCall(() => 'everything')
    expect(() => assertDeclared({ list: list(), contacts: { list: list() } })).not.toThrow()
    expect(() => assertDeclared({ list: list(), plain })).toThrow('declare no permission: plain')
    expect(() => assertDeclared({ contacts: { list: list(), plain } })).toThrow('contacts-plain')
    expect(() => guardOf()({ permission: 'contacts.*', tenant }, async () => '')).toThrow('declares its permission')
  })
})
