// A real NestJS application before a real Latchkey: who may passes with their name, who may not hears why, and what declares nothing never starts.
import 'reflect-metadata'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { assertDeclared, Needs, type NestRequest, nestGuard } from '@latchkey/sdk/service/adapters/nestjs'
import type { Latchkey } from '@latchkey/sdk/service/create-latchkey'
import {
  Controller,
  Delete,
  Get,
  HttpException,
  type INestApplication,
  Module,
  type Provider,
  Req,
  UseGuards,
} from '@nestjs/common'
import { APP_GUARD, ApplicationConfig, ModulesContainer, NestFactory } from '@nestjs/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { authzInstance, type Instance } from './instance.ts'
import { platformVerifier, sdkOf } from './support.ts'

/** The method of a class, decorated by hand: what `@Get() @Needs(…) name() {}` does. */
const decorated = (
  of: { readonly prototype: object; readonly name: string },
  name: string,
  ...all: MethodDecorator[]
): void => {
  const descriptor = Object.getOwnPropertyDescriptor(of.prototype, name)
  if (descriptor === undefined) throw new Error(`${of.name} has no ${name}`)
  for (const decorate of all) decorate(of.prototype, name, descriptor)
}

const classes = { ModulesContainer, ApplicationConfig }
const tenant = ({ params }: NestRequest) => params['account']

class Contacts {
  list({ caller }: NestRequest) {
    return { for: caller }
  }
  remove() {
    return {}
  }
  status() {
    return 'up'
  }
}
Controller('accounts/:account/contacts')(Contacts)
decorated(Contacts, 'list', Get(), Needs({ permission: 'contacts.read', tenant }))
Req()(Contacts.prototype, 'list', 0)
decorated(Contacts, 'remove', Delete(':id'), Needs({ permission: 'contacts.delete', tenant }))
decorated(Contacts, 'status', Get('status'), Needs({ open: 'asked by the load balancer' }))

class Forgetful {
  forgotten() {
    return {}
  }
}
decorated(Forgetful, 'forgotten', Get('forgotten'))
/** Nest serves what a controller inherits. */
class Heir extends Forgetful {}
Controller('heir')(Heir)

const moduleOf = (controllers: (new () => object)[], providers: Provider[]) => {
  class Application {}
  Module({ controllers, providers })(Application)
  return Application
}

describe('a service of NestJS', () => {
  let two: TwoAgencies
  let instance: Instance
  let latchkey: Latchkey
  let app: INestApplication
  let origin: string
  let passed = 0
  const clocks = { wall: () => Date.now(), steady: () => performance.now() + passed }

  const start = (controllers: (new () => object)[], ...providers: Provider[]) =>
    NestFactory.create(moduleOf(controllers, providers), { logger: false })
  beforeAll(async () => {
    two = await twoAgencies()
    instance = await authzInstance(two.world.projectId)
    latchkey = sdkOf(two.world, instance, { credential: await platformVerifier(two.world), clocks, feed: false })
    app = await start([Contacts])
    app.useGlobalGuards(nestGuard(latchkey, HttpException))
    assertDeclared(app, classes)
    await app.listen(0, '127.0.0.1')
    origin = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}` // it listens on a port
  }, 60_000)
  afterAll(async () => {
    await app.close()
    await latchkey.close()
    await instance.close()
    await two.world.close()
  })

  const ask = (path: string, bearer?: string, method = 'GET') =>
    fetch(`${origin}/accounts/${path}`, {
      method,
      headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
    })

  it('answers who may, under the name of a key, of a sign-in and of nobody where it is open', async () => {
    const { north, world } = two
    const byKey = await ask(`${north.account}/contacts`, north.key.secret)
    expect([byKey.status, await byKey.json()]).toMatchObject([200, { for: { kind: 'api_key', tenant: north.agency } }])
    const byPerson = await ask(`${north.account}/contacts`, await world.idToken(north.ownerUid))
    expect(await byPerson.json()).toMatchObject({ for: { kind: 'session', id: `user:${north.ownerUid}` } })
    expect((await ask(`${north.account}/contacts/status`)).status).toBe(200)
  })

  it('refuses what the key has no scope for, with the problem in the words of HTTP', async () => {
    const { north } = two
    const denied = await ask(`${north.account}/contacts/c-1`, north.key.secret, 'DELETE')
    expect(denied.status).toBe(403)
    expect(denied.headers.get('content-type')).toContain('application/problem+json')
    expect(denied.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"')
    expect(await denied.json()).toMatchObject({ code: 'insufficient_scope', missing: ['contacts.delete'], status: 403 })
    const garbage = await ask(`${north.account}/contacts`, 'lk_api_garbage')
    expect([garbage.status, garbage.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"'])
    expect((await ask(`${north.account}/contacts`)).status).toBe(401)
  })

  it('shows nothing of a tenant of another agency, and nothing of one that never was', async () => {
    const { north, south } = two
    expect((await ask(`${south.account}/contacts`, south.key.secret)).status).toBe(200)
    const foreign = await ask(`${south.account}/contacts`, north.key.secret)
    const never = await ask('acc_0000000000000000000007/contacts', north.key.secret)
    expect(foreign.status).toBe(404)
    expect(await foreign.json()).toEqual(await never.json())
  })

  it('refuses a key that was revoked', async () => {
    const { north } = two
    const { key, secret } = await newKey(north.owner, north.agency)
    expect((await ask(`${north.account}/contacts`, secret)).status).toBe(200)
    await north.owner.must('apiKeys/revoke', { tenant: north.agency, key: key.key })
    passed += 5_000
    expect((await ask(`${north.account}/contacts`, secret)).status).toBe(401)
    expect((await ask(`${north.account}/contacts`, north.key.secret)).status).toBe(200)
  })

  it('does not start with a handler that declares nothing, its own or one that it inherits', async () => {
    class Own extends Contacts {
      more() {
        return {}
      }
    }
    Controller('own')(Own)
    decorated(Own, 'more', Get('more'))
    for (const [controller, name] of [
      [Own, 'Own.more'],
      [Heir, 'Heir.forgotten'],
    ] as const) {
      const other = await start([Contacts, controller])
      other.useGlobalGuards(nestGuard(latchkey, HttpException))
      expect(() => assertDeclared(other, classes)).toThrow(name)
      await other.close()
    }
    const empty = await start([])
    expect(() => assertDeclared(empty, classes)).toThrow('no modules with controllers')
  })

  it('does not start when nothing stands before its handlers, or only what comes too late to be asked', async () => {
    const guard = nestGuard(latchkey, HttpException)
    const forgetful = await start([Contacts])
    expect(() => assertDeclared(forgetful, classes)).toThrow('open to anybody: Contacts.list')
    await forgetful.init()
    forgetful.useGlobalGuards(guard)
    expect(() => assertDeclared(forgetful, classes)).toThrow('before it is initialised')
    await forgetful.listen(0, '127.0.0.1')
    const { port } = forgetful.getHttpServer().address() as AddressInfo // it listens on a port
    // Why: such a guard is never asked.
    expect((await fetch(`http://127.0.0.1:${port}/accounts/${two.north.account}/contacts`)).status).toBe(200)
    await forgetful.close()
  })

  it('starts when the guard is a provider of the application, or of each controller, and is asked', async () => {
    const guard = nestGuard(latchkey, HttpException)
    class Own extends Contacts {}
    Controller('accounts/:account/contacts')(Own)
    UseGuards(guard)(Own)
    for (const other of [await start([Contacts], { provide: APP_GUARD, useValue: guard }), await start([Own])]) {
      assertDeclared(other, classes)
      await other.listen(0, '127.0.0.1')
      const { port } = other.getHttpServer().address() as AddressInfo // it listens on a port
      const list = (bearer: string) =>
        fetch(`http://127.0.0.1:${port}/accounts/${two.north.account}/contacts`, {
          headers: { authorization: `Bearer ${bearer}` },
        })
      expect([(await list(two.north.key.secret)).status, (await list('lk_api_garbage')).status]).toEqual([200, 401])
      await other.close()
    }
    const mixed = await start([Own, Contacts])
    expect(() => assertDeclared(mixed, classes)).toThrow('open to anybody: Contacts.list')
    await mixed.close()
  })

  it('that never looked refuses such a handler all the same', async () => {
    const other = await start([Heir])
    other.useGlobalGuards(nestGuard(latchkey, HttpException))
    await other.listen(0, '127.0.0.1')
    const { port } = other.getHttpServer().address() as AddressInfo // it listens on a port
    const headers = { authorization: `Bearer ${two.north.key.secret}` }
    expect((await fetch(`http://127.0.0.1:${port}/heir/forgotten`, { headers })).status).toBe(500)
    await other.close()
  })
})
