// The address that a key is bound to comes from the service's own proxies: what the client writes of itself is no address.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { describe, expect, it } from 'vitest'
import type { From, Latchkey } from '../create-latchkey.ts'
import type { Principal } from '../principal.ts'
import { callableGuard } from './callables.ts'
import { expressGuard } from './express.ts'
import { Needs, type NestRequest, nestGuard } from './nestjs.ts'

/** A Latchkey that lets everybody in and remembers from where they came. */
const watching = () => {
  const heard: (From | undefined)[] = []
  const caller = { require: async () => undefined }
  const latchkey: Latchkey = {
    authenticate: async (_, from) => {
      heard.push(from)
      return caller as unknown as Principal // what the adapters use of one
    },
    ready: async () => true,
    report: async () => undefined,
    close: async () => undefined,
  }
  return { latchkey, heard }
}

const needs = { permission: 'contacts.read', tenant: () => 'acc_1' }
const forged = '203.0.113.9, 198.51.100.7'

/** What Express makes of a request with that header under `trust proxy`, in `use`'s hands. */
const arrivesAt = async (trust: unknown, use: (app: express.Express) => void): Promise<void> => {
  const app = express()
  if (trust !== undefined) app.set('trust proxy', trust)
  use(app)
  const server = createServer(app)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  await fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-forwarded-for': forged } })
  server.close()
}

const trusted: readonly (readonly [unknown, From])[] = [
  [undefined, { address: '127.0.0.1' }],
  [1, { address: '198.51.100.7' }],
  [true, {}],
]

describe('C-013 the address of a client', () => {
  it.each(trusted)('of Express with `trust proxy` of %s is none that the client wrote', async (trust, known) => {
    const { latchkey, heard } = watching()
    await arrivesAt(trust, (app) => {
      app.get('/', expressGuard(latchkey)(needs), (_: unknown, response: express.Response) => void response.send(''))
    })
    expect(heard).toEqual([known])
  })

  it.each(trusted)(
    'of NestJS on Express with `trust proxy` of %s is none that the client wrote',
    async (trust, known) => {
      const { latchkey, heard } = watching()
      const handler = (): void => undefined
      Needs(needs)({}, 'list', { value: handler })
      await arrivesAt(trust, (app) => {
        app.get('/', (request, response) => {
          const at = { getRequest: <R>() => request as R, getResponse: <R>() => response as R } // what Nest hands to a guard
          const given = { getHandler: () => handler, getType: () => 'http', switchToHttp: () => at }
          void nestGuard(latchkey, Error as never)
            .canActivate(given)
            .then(() => response.send(''))
        })
      })
      expect(heard).toEqual([known])
    },
  )

  it('of NestJS on Fastify is what Fastify was told to count', async () => {
    const { latchkey, heard } = watching()
    const handler = (): void => undefined
    Needs(needs)({}, 'list', { value: handler })
    const request: NestRequest = { headers: {}, params: {}, ip: '198.51.100.7' }
    const at = { getRequest: <R>() => request as R, getResponse: <R>() => ({}) as R }
    await nestGuard(latchkey, Error as never).canActivate({
      getHandler: () => handler,
      getType: () => 'http',
      switchToHttp: () => at,
    })
    expect(heard).toEqual([{ address: '198.51.100.7' }])
  })

  it('of a callable is only what the service counts out itself', async () => {
    const { latchkey, heard } = watching()
    const onCall = (_options: object, handle: (call: never) => Promise<unknown>) => handle
    const rawRequest = { headers: { 'x-forwarded-for': forged }, ip: '203.0.113.9' }
    const call = { data: {}, rawRequest } as never // what Firebase hands to a callable
    const counted = ({ rawRequest: { headers } }: { rawRequest: { headers: Readonly<Record<string, unknown>> } }) =>
      String(headers['x-forwarded-for']).split(', ').at(-1)
    for (const address of [undefined, counted]) {
      const guard = callableGuard({ latchkey, onCall, HttpsError: Error as never, ...(address && { address }) })
      await guard(needs, async () => '')(call)
    }
    expect(heard).toEqual([{}, { address: '198.51.100.7' }])
  })
})
