// Calls to customers' addresses, against receivers that do their worst (CATALOGUE C-145, F-48).
import { createServer as createHttp, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Server as TcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { outboundPost, type Posted } from './post.ts'
import type { Address, Resolve } from './resolve.ts'

const closing: (Server | TcpServer)[] = []
afterEach(() => {
  for (const server of closing.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  }
})

const listening = async (server: Server | TcpServer): Promise<number> => {
  closing.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
const receiver = (answer: RequestListener): Promise<number> => listening(createHttp(answer))
const here: readonly Address[] = [{ address: '127.0.0.1', family: 4 }]
const unasked: Resolve = () => Promise.reject(new Error('nobody asks for an address'))

const send = (
  url: string,
  more: { resolve?: Resolve; allow?: readonly string[]; milliseconds?: number } = {},
): Promise<Posted> =>
  outboundPost({ allow: [new URL(url).host], resolve: unasked, milliseconds: 400, ...more })({
    url,
    headers: { 'content-type': 'application/json', 'webhook-id': 'op_1' },
    body: '{"type":"test"}',
  })

describe('a receiver', () => {
  test('gets the body and the headers, and its answer is kept up to a kilobyte', async () => {
    let got = ''
    const port = await receiver((request, response) => {
      request.on('data', (chunk: Buffer) => (got += chunk.toString()))
      request.on('end', () => response.writeHead(202).end(`${request.headers['webhook-id']} ${'x'.repeat(5_000)}`))
    })
    const posted = await send(`http://127.0.0.1:${port}/in`)
    expect(got).toBe('{"type":"test"}')
    expect(posted).toMatchObject({ code: 202 })
    expect('answer' in posted && posted.answer).toBe(`op_1 ${'x'.repeat(1_019)}`)
  })

  test('C-145 that redirects is not followed', async () => {
    let calls = 0
    const port = await receiver((_request, response) => {
      calls++
      response.writeHead(307, { location: 'http://169.254.169.254/computeMetadata/v1/' }).end()
    })
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ code: 307 })
    expect(calls).toBe(1)
  })

  test('F-48 that says nothing, drips its headers, or never ends is left after the time that a call has', async () => {
    const silent = await listening(createTcp(() => undefined))
    expect(await send(`http://127.0.0.1:${silent}/`)).toMatchObject({ fault: 'timeout' })
    const dripping = await listening(
      createTcp((socket) => {
        socket.on('error', () => undefined)
        socket.write('HTTP/1.1 200 OK\r\n')
        const drip = setInterval(() => socket.write('x: y\r\n'), 20)
        socket.on('close', () => clearInterval(drip))
      }),
    )
    expect(await send(`http://127.0.0.1:${dripping}/`)).toMatchObject({ fault: 'timeout' })
    const endless = await receiver((_request, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(drip))
    })
    const begun = performance.now()
    expect(await send(`http://127.0.0.1:${endless}/`)).toMatchObject({ code: 200 })
    expect(performance.now() - begun).toBeLessThan(2_000)
  })

  test('C-145 that sends without end, or a bomb, is read up to 64 KiB and never unpacked', async () => {
    let written = 0
    const port = await receiver((_request, response) => {
      response.writeHead(200)
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) written += 16_384
        response.once('drain', more)
      }
      more()
    })
    expect(await send(`http://127.0.0.1:${port}/`, { milliseconds: 4_000 })).toMatchObject({ code: 200 })
    expect(written).toBeLessThan(16 * 1024 * 1024) // what the kernel's buffers took
    const bomb = gzipSync(Buffer.alloc(8_000_000))
    const packed = await receiver((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    )
    expect(await send(`http://127.0.0.1:${packed}/`)).toMatchObject({ code: 200, answer: '' })
  })

  test('C-145 whose headers are too large, or whose answer is no HTTP, is a connection that failed', async () => {
    const large = await receiver((_request, response) => response.writeHead(200, { x: 'y'.repeat(20_000) }).end())
    expect(await send(`http://127.0.0.1:${large}/`)).toMatchObject({ fault: 'connection' })
    const other = await listening(createTcp((socket) => socket.end('220 smtp ready\r\n')))
    expect(await send(`http://127.0.0.1:${other}/`)).toMatchObject({ fault: 'connection' })
    expect(await send('http://127.0.0.1:9/')).toMatchObject({ fault: 'connection' })
  })

  test('C-145 that wants to speak another protocol is a connection that failed, at once', async () => {
    for (const head of [
      '101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x',
      '100 Continue',
      '103 Early Hints',
    ]) {
      const port = await listening(
        createTcp((socket) => socket.on('error', () => undefined).write(`HTTP/1.1 ${head}\r\n\r\n`)),
      )
      const posted = await Promise.race([
        send(`http://127.0.0.1:${port}/`),
        new Promise<string>((resolve) => setTimeout(() => resolve('still waiting'), 3_000)),
      ])
      expect(posted, head).toMatchObject({ fault: head.startsWith('101') ? 'connection' : 'timeout' })
    }
  })

  test('that does not speak TLS where it must is said so', async () => {
    const port = await receiver((_request, response) => response.end())
    expect(await send(`https://127.0.0.1:${port}/`)).toMatchObject({ fault: 'tls' })
  })
})

describe('a name', () => {
  test('C-145 is looked up once, and connected to the very address that was checked, whatever it says a moment later', async () => {
    let asked = 0
    const port = await receiver((request, response) => response.end(request.headers.host))
    const rebinding: Resolve = async () => (++asked === 1 ? here : [{ address: '192.0.2.1', family: 4 }])
    // No resolver of the machine knows this name: that it arrives shows that ours was believed.
    const url = `http://rebinding.shop.com:${port}/`
    expect(await send(url, { resolve: rebinding })).toMatchObject({ code: 200, answer: `rebinding.shop.com:${port}` })
    expect(asked).toBe(1)
  })

  test.each<[string, readonly Address[]]>([
    ['a private address', [{ address: '10.0.0.1', family: 4 }]],
    ['the metadata server', [{ address: '169.254.169.254', family: 4 }]],
    ['a mapped address', [{ address: '::ffff:127.0.0.1', family: 6 }]],
    ['NAT64', [{ address: '64:ff9b::a00:1', family: 6 }]],
    [
      'a public address and a private one',
      [
        { address: '8.8.8.8', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    ],
  ])('C-145 that leads to %s is not called', async (_what, found) => {
    const posted = await send('https://hooks.shop.com/', { allow: [], resolve: async () => found })
    expect(posted).toMatchObject({ fault: 'address_not_allowed' })
    expect(posted.milliseconds).toBeLessThan(200)
  })

  test('that nobody knows, or that nobody answers for, is said so', async () => {
    expect(await send('https://hooks.shop.com/', { allow: [], resolve: async () => [] })).toMatchObject({
      fault: 'name_not_found',
    })
    const slow: Resolve = () => new Promise(() => undefined)
    expect(await send('https://hooks.shop.com/', { allow: [], resolve: slow })).toMatchObject({ fault: 'timeout' })
  })

  test('C-145 that was saved while it was allowed is refused once it is not', async () => {
    expect(await send('http://127.0.0.1:9/', { allow: [] })).toMatchObject({ fault: 'address_not_allowed' })
  })
})
