// Every framework says the same: who may passes with their name, who may not hears why, and a route that declares nothing stops the start.
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { afterAll, describe, expect, it } from 'vitest'
import type { Latchkey } from '../create-latchkey.ts'
import type { On } from '../on.ts'
import type { Principal } from '../principal.ts'
import { refused } from '../refused.ts'
import { bearerOf } from '../request.ts'
import { assertDeclared as assertCallables, callableGuard } from './callables.ts'
import { assertDeclared as assertExpress, expressGuard } from './express.ts'
import { assertDeclared as assertHono, honoGuard, passing } from './hono.ts'
import { assertDeclared as assertNest, Needs, type NestRequest, nestGuard } from './nestjs.ts'

/** A Latchkey whose answers are set: `reader` may read at acc_1. */
const asked: { permission: string; on: On | undefined }[] = []
const latchkey: Latchkey = {
  authenticate: async (request) => {
    const id = bearerOf(request)
    if (id !== 'reader' && id !== 'nobody') throw refused('invalid_token')
    const require = async (permission: string, on?: On): Promise<void> => {
      asked.push({ permission, on })
      if (id !== 'reader' || on?.tenant !== 'acc_1') throw refused('permission_denied', { missing: [permission] })
    }
    const caller = { id, kind: 'api_key', credential: 'key_1', tenant: 'acc_1', scopes: [], require }
    return caller as unknown as Principal // what the adapters use of one
  },
  ready: async () => true,
  report: async () => undefined,
  close: async () => undefined,
}

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

type Ask = (path: string, bearer?: string) => Promise<Response>

const listening = async (handler: Parameters<typeof createServer>[1]): Promise<Ask> => {
  const server = createServer(handler)
  servers.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  return (path, bearer) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
    })
}

const needs = { permission: 'contacts.read', tenant: 'of the credential' } as const

const expressAsk = async (): Promise<Ask> => {
  const app = express()
  const guard = expressGuard(latchkey)
  const list = (_: unknown, response: express.Response) => void response.json({ caller: response.locals['caller'].id })
  app.get('/accounts/:account', guard({ ...needs, tenant: ({ params }) => String(params['account']) }), list)
  app.get('/forgot', guard({ ...needs, tenant: () => undefined }), list)
  app.get('/status', guard({ open: 'for the load balancer' }), (_: unknown, response: express.Response) =>
    response.send('up'),
  )
  assertExpress(app)
  return listening(app)
}

const honoAsk = async (): Promise<Ask> => {
  const app = new Hono<{ Variables: { caller: Principal } }>()
  const guard = honoGuard(latchkey)
  app.get('/accounts/:account', guard({ ...needs, tenant: ({ req }) => req.param('account' as never) }), (c) =>
    c.json({ caller: c.get('caller').id }),
  )
  app.get('/forgot', guard({ ...needs, tenant: () => undefined }), (c) => c.json({ caller: c.get('caller').id }))
  app.get('/status', guard({ open: 'for the load balancer' }), (c) => c.json({ caller: null }))
  assertHono(app)
  return async (path, bearer) =>
    app.request(path, { headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` } })
}

describe.each([
  ['Express', expressAsk],
  ['Hono', honoAsk],
])('a route of %s', (_, start) => {
  it('lets pass who may, and knows who it is', async () => {
    const ask = await start()
    const answer = await ask('/accounts/acc_1', 'reader')
    expect([answer.status, await answer.json()]).toEqual([200, { caller: 'reader' }])
  })

  it('refuses with the code, the status and what is missing', async () => {
    const ask = await start()
    const denied = await ask('/accounts/acc_1', 'nobody')
    expect(denied.status).toBe(403)
    expect(denied.headers.get('content-type')).toContain('application/problem+json')
    expect(denied.headers.get('cache-control')).toBe('private, no-store')
    expect(await denied.json()).toMatchObject({ code: 'permission_denied', missing: ['contacts.read'], status: 403 })
    const stranger = await ask('/accounts/acc_1', 'stranger')
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"'])
    expect((await ask('/accounts/acc_1')).status).toBe(401)
  })

  it('that names its tenant by the request never falls back to the credential’s own', async () => {
    const ask = await start()
    expect((await ask('/forgot', 'reader')).status).toBe(403)
    expect(asked.at(-1)?.on).toEqual({ tenant: '' })
  })

  it('that says why it is open is open', async () => {
    expect((await (await start())('/status')).status).toBe(200)
  })
})

describe('a route that declares nothing', () => {
  it('of Express stops the start, in routers below as well', () => {
    const app = express()
    app.use(express.json())
    app.get('/fine', expressGuard(latchkey)(needs), () => undefined)
    expect(() => assertExpress(app)).not.toThrow()
    const below = express.Router()
    below.get('/forgotten', () => undefined)
    app.use('/deep', below)
    expect(() => assertExpress(app)).toThrow('/forgotten')
  })

  const guarded = expressGuard(latchkey)(needs)
  const handler = (): void => undefined
  const open: Readonly<Record<string, (app: express.Express) => unknown>> = {
    'another method of a guarded route': (app) => app.route('/x').get(guarded, handler).post(handler),
    'a handler before the guard': (app) => app.get('/x', handler, guarded),
    'all methods before the guard of one': (app) => app.route('/x').all(handler).get(guarded, handler),
    'a handler that is used at a path': (app) => app.use('/x', handler),
    'a handler that is used everywhere and cannot pass on': (app) => app.use((_request, _response) => undefined),
    'an application that is mounted': (app) => app.use('/x', express()),
    'an application that is mounted everywhere': (app) => app.use(guarded, express()),
  }
  // Express 4 as another of our tools brings it; its types are those of Express 5 as far as these go.
  const four = createRequire(createRequire(import.meta.url).resolve('firebase-tools/package.json'))('express')
  describe.each([
    ['5', express],
    ['4', four as typeof express],
  ])('of Express %s', (version, make) => {
    it.each(Object.entries(open))('stops the start: %s', (_, add) => {
      const app = make()
      app.get('/fine', guarded, handler)
      expect(() => assertExpress(app)).not.toThrow()
      add(app)
      expect(() => assertExpress(app)).toThrow('/')
    })

    it('does not when guards come first, and middlewares are of all paths', () => {
      expect('lazyrouter' in make()).toBe(version === '4')
      const app = make()
      expect(() => assertExpress({})).toThrow('no Express application')
      app.use(handler)
      app.route('/x').get(guarded, handler).post(guarded, handler)
      app.route('/y').all(guarded).delete(handler)
      app.use('/files', guarded, handler)
      app.use(guarded, (_request: unknown, _response: unknown) => undefined)
      app.use('/deep', make.Router().get('/x', guarded, handler))
      app.use('/deep', (_error: unknown, _request: unknown, _response: unknown, _next: unknown) => undefined)
      expect(() => assertExpress(app)).not.toThrow()
    })
  })

  it('of Hono stops the start', () => {
    const app = new Hono()
    app.get('/fine', honoGuard(latchkey)(needs), (c) => c.text(''))
    expect(() => assertHono(app)).not.toThrow()
    app.post('/fine', (c) => c.text(''))
    expect(() => assertHono(app)).toThrow('POST /fine')
  })

  const honoGuarded = honoGuard(latchkey)(needs)
  const unguarded: Readonly<Record<string, (app: Hono) => unknown>> = {
    'all methods': (app) => app.all('/x', (c) => c.text('')),
    'all methods of all paths': (app) => app.all('*', (c) => c.text('')),
    'all methods of all paths, by what could pass on': (app) => app.all('*', async (c, _next) => c.text('')),
    'what is used at all paths and said to be nothing': (app) => app.use(async (_, next) => next()),
    'what passes at one path only': (app) =>
      app.use(
        '/x',
        passing(async (_, next) => next()),
      ),
    'what is used at a path': (app) => app.use('/x', async (c) => c.text('')),
    'a handler before the guarded one': (app) => app.get('/x', (c) => c.text('')).get('/x', honoGuarded),
    'a handler before the guard': (app) => app.get('/x', (c) => c.text(''), honoGuarded),
    'another application': (app) => app.mount('/x', () => new Response('')),
    'a route below': (app) =>
      app.route(
        '/x',
        new Hono().get('/y', (c) => c.text('')),
      ),
  }
  it.each(Object.entries(unguarded))('of Hono stops the start: %s', (_, add) => {
    const app = new Hono()
    app.get('/fine', honoGuarded, (c) => c.text(''))
    add(app)
    expect(() => assertHono(app)).toThrow('declare no permission')
  })

  it('of Hono is none when guards come first, below an application with its own errors, too', () => {
    const app = new Hono()
    app.use(passing(async (_, next) => next()))
    app.all('/x', honoGuarded).get((c) => c.text(''))
    const below = new Hono().onError((_, c) => c.text(''))
    below.use(passing(async (_, next) => next()))
    below.get('/y', honoGuarded, (c) => c.text(''))
    app.route('/deep', below)
    expect(() => assertHono(app)).not.toThrow()
    expect(() => assertHono(new Hono())).toThrow('no Hono application')
  })

  it('of Hono that is declared as passing answers nothing itself', async () => {
    const app = new Hono().onError((error, c) => c.text(error.message, 500))
    app.use(passing(async (c, next) => (c.req.path === '/none' ? c.text('no', 403) : next())))
    app.use(passing(cors()))
    app.use(passing(async (c, next) => (c.req.path === '/says' ? c.text('secret') : next())))
    app.use(
      passing(async (c, next) => {
        if (c.req.path !== '/sets') return next()
        c.res = new Response('secret')
      }),
    )
    app.get('/x', honoGuard(latchkey)({ open: 'for the load balancer' }), (c) => c.text('up'))
    assertHono(app)
    const preflight = await app.request('/x', { method: 'OPTIONS', headers: { origin: 'https://a.example' } })
    expect([preflight.status, (await app.request('/none')).status]).toEqual([204, 403])
    expect(await (await app.request('/x')).text()).toBe('up')
    for (const path of ['/says', '/sets']) {
      expect(await (await app.request(path)).text()).toContain('answered by itself')
    }
  })

  it('of Hono that is declared as passing answers nothing after it has passed on either, unless a guard let it in', async () => {
    const app = new Hono().onError((error, c) => c.text(error.message, 500))
    app.use(
      passing(async (c, next) => {
        await next()
        if (c.res.status >= 400) c.res = new Response('secret')
      }),
    )
    app.get('/mine', honoGuard(latchkey)(needs), (c) => c.text('mine', 410))
    app.get('/open', honoGuard(latchkey)({ open: 'for the load balancer' }), (c) => c.text('up', 410))
    assertHono(app)
    const ask = async (path: string, bearer: string) => {
      const answer = await app.request(path, { headers: { authorization: `Bearer ${bearer}` } })
      return [answer.status, await answer.text()]
    }
    for (const [path, bearer] of [
      ['/none', 'reader'],
      ['/mine', 'nobody'],
      ['/mine', 'stranger'],
    ] as const) {
      expect(await ask(path, bearer)).toEqual([500, expect.stringContaining('answered by itself')])
    }
    expect(await ask('/open', 'nobody')).toEqual([200, 'secret'])
  })

  it('cannot be declared as open without a reason, or with no permission', () => {
    expect(() => expressGuard(latchkey)({ open: 'because' })).toThrow('in a sentence why it is open')
    for (const permission of ['', 'contacts.*', 'contacts:read'])
      expect(() => expressGuard(latchkey)({ ...needs, permission })).toThrow('declares its permission')
  })

  const tenant = (): string => 'acc_1'
  const halves: Readonly<Record<string, object>> = {
    'no tenant': { permission: 'contacts.read' },
    'a tenant that is a text': { permission: 'contacts.read', tenant: 'acc_1' },
    'a tenant under another name': { ...needs, tenantId: tenant },
    'a resource that is no function': { permission: 'contacts.read', tenant, resource: { type: 'contact' } },
    'a permission and a reason why it is open': { permission: 'contacts.read', tenant, open: 'for the front end' },
  }
  it.each(Object.entries(halves))('cannot be declared by half: %s', (_, half) => {
    expect(() => expressGuard(latchkey)({ permission: 'contacts.read', tenant })).not.toThrow()
    expect(() => expressGuard(latchkey)(half as never)).toThrow('whose tenant it is for')
  })
})

describe('a guard of Express whose request was answered meanwhile', () => {
  it.each([true, false])('ends nothing but this request, headers sent: %s', async (headersSent) => {
    const unheard: unknown[] = []
    const hear = (error: unknown): void => void unheard.push(error)
    process.on('unhandledRejection', hear)
    const set = (): never => {
      throw new Error('headers were sent')
    }
    const response = { headersSent, locals: {}, status: () => response, set, send: set }
    const error = await new Promise((next) => {
      expressGuard(latchkey)(needs)({ headers: {}, params: {} }, response as never, next)
    })
    await new Promise((resolve) => void setImmediate(resolve))
    process.off('unhandledRejection', hear)
    expect(error).toMatchObject(headersSent ? { code: 'invalid_token' } : { message: 'headers were sent' })
    expect(unheard).toEqual([])
  })
})

describe('a handler of NestJS', () => {
  class HttpException extends Error {
    readonly body: unknown
    readonly status: number
    constructor(body: unknown, status: number) {
      super()
      this.body = body
      this.status = status
    }
  }
  class Contacts {
    list(): void {}
    forgotten(): void {}
  }
  const { prototype } = Contacts
  const decorate = (name: 'list' | 'forgotten', needed: Parameters<typeof Needs>[0]) =>
    Needs(needed)(prototype, name, Object.getOwnPropertyDescriptor(prototype, name) ?? {})
  decorate('list', { ...needs, tenant: ({ params }) => params['account'] })
  const sent = new Map<string, string>()
  const context = (handler: object, bearer: string, type = 'http') => {
    const request: NestRequest = { headers: { authorization: `Bearer ${bearer}` }, params: { account: 'acc_1' } }
    const response = { header: (name: string, value: string) => void sent.set(name, value) }
    // What Nest hands to a guard.
    return {
      request,
      given: {
        getHandler: () => handler,
        getType: () => type,
        switchToHttp: () => ({ getRequest: <R>() => request as R, getResponse: <R>() => response as R }),
      },
    }
  }
  const guard = nestGuard(latchkey, HttpException)

  it('is entered by who may, refused with the problem, and never entered undeclared', async () => {
    const allowed = context(prototype.list, 'reader')
    expect(await guard.canActivate(allowed.given)).toBe(true)
    expect(allowed.request.caller).toMatchObject({ id: 'reader' })
    for (const type of ['rpc', 'ws', 'graphql']) {
      const message = context(prototype.list, 'reader', type)
      await expect(guard.canActivate(message.given)).rejects.toThrow('of HTTP only')
    }
    await expect(guard.canActivate(context(prototype.list, 'nobody').given)).rejects.toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    })
    await expect(guard.canActivate(context(prototype.list, 'stranger').given)).rejects.toMatchObject({ status: 401 })
    expect(sent.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    await expect(guard.canActivate(context(prototype.forgotten, 'reader').given)).rejects.toThrow(
      'declares no permission',
    )
  })

  class ModulesContainer extends Map<unknown, { controllers: Map<string, { metatype: unknown }> }> {}
  class ApplicationConfig {
    readonly used: object[] = []
    getGlobalGuards(): object[] {
      return this.used
    }
  }
  const classes = { ModulesContainer, ApplicationConfig }
  const application = (...used: object[]) => {
    const controllers = new Map([['contacts', { metatype: Contacts }]])
    const config = Object.assign(new ApplicationConfig(), { used })
    const held = new Map<unknown, unknown>([
      [ModulesContainer, new ModulesContainer([['app', { controllers }]])],
      [ApplicationConfig, config],
    ])
    return { isInitialized: false, get: <One>(token: new (...given: never[]) => One) => held.get(token) as One }
  }
  /** What `reflect-metadata` adds; `used`: where `@UseGuards` stands. */
  const marked = (used: ReadonlyMap<object, readonly object[]>, look: () => void): void => {
    const marks = Reflect as { hasMetadata?: unknown; getMetadata?: unknown }
    marks.hasMetadata = (name: string, target: object) =>
      name === 'path' && [prototype.list, prototype.forgotten].includes(target as never)
    marks.getMetadata = (name: string, target: object) => (name === '__guards__' ? used.get(target) : undefined)
    try {
      look()
    } finally {
      delete marks.hasMetadata
      delete marks.getMetadata
    }
  }

  it('without a declaration stops the start', () => {
    expect(() => assertNest(application(guard), classes)).toThrow('reflect-metadata')
    marked(new Map(), () => {
      expect(() => assertNest(application(guard), classes)).toThrow('Contacts.forgotten')
      decorate('forgotten', { open: 'for the load balancer' })
      expect(() => assertNest(application(guard), classes)).not.toThrow()
    })
  })

  it('that no guard of ours stands before stops the start, and so does a look that comes too late', () => {
    const another = { canActivate: () => true }
    marked(new Map(), () => {
      expect(() => assertNest(application(), classes)).toThrow('open to anybody: Contacts.list, Contacts.forgotten')
      expect(() => assertNest(application(another), classes)).toThrow('open to anybody')
      const late = { ...application(guard), isInitialized: true }
      expect(() => assertNest(late, classes)).toThrow('before it is initialised')
    })
    const onOne = new Map([[prototype.list, [another, guard]]])
    marked(onOne, () => expect(() => assertNest(application(), classes)).toThrow('open to anybody: Contacts.forgotten'))
    for (const one of [new Map([...onOne, [prototype.forgotten, [guard]]]), new Map([[Contacts, [guard]]])]) {
      marked(one, () => expect(() => assertNest(application(), classes)).not.toThrow())
    }
  })
})

describe('a callable', () => {
  class HttpsError extends Error {
    readonly code: string
    readonly details: unknown
    constructor(code: string, message: string, details?: unknown) {
      super(message)
      this.code = code
      this.details = details
    }
  }
  const onCall = (_options: object, handle: (call: never) => Promise<unknown>) => handle
  const guard = callableGuard({ latchkey, onCall, HttpsError: HttpsError as never })
  const list = guard(
    { ...needs, tenant: ({ data }: { data: { account: string } }) => data.account } as never,
    async (_: never, caller: Principal | undefined) => caller?.id,
  )
  const call = (bearer: string) =>
    ({ data: { account: 'acc_1' }, rawRequest: { headers: { authorization: `Bearer ${bearer}` } } }) as never

  it('is answered for who may, and refused in Firebase’s words with our code in the details', async () => {
    expect(await list(call('reader'))).toBe('reader')
    await expect(list(call('nobody'))).rejects.toMatchObject({
      code: 'permission-denied',
      details: { code: 'permission_denied', missing: ['contacts.read'] },
    })
    await expect(list(call('stranger'))).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  it('that nobody declared stops the start, wherever Firebase looks for it, in circles as well', () => {
    const plain = Object.assign(() => undefined, { __endpoint: { callableTrigger: {} } })
    const circle: Record<string, unknown> = { list }
    circle['again'] = { circle }
    expect(() => assertCallables(circle)).not.toThrow()
    class Contacts {
      readonly plain = plain
    }
    expect(() => assertCallables({ circle, contacts: new Contacts() })).toThrow('declare no permission: contacts-plain')
    circle['plain'] = plain
    expect(() => assertCallables(circle)).toThrow('declare no permission: plain')
  })
})
