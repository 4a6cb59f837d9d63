// A stream ends with its listener, also with one that has gone before it began.
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { streamLines } from './stream.ts'

it('is not opened for a client that went while it was being admitted; and is stopped for one that goes later', async () => {
  let [opened, stopped, ended] = [0, 0, 0]
  let arrived = (): void => undefined
  let admit = (): void => undefined
  const open = () => {
    opened++
    return () => void stopped++
  }
  let closed = Promise.resolve()
  const server = createServer((_request, response) => {
    closed = new Promise((resolve) => void response.on('close', resolve))
    // Cast: Express's response is Node's, and two of its methods.
    const express = Object.assign(response, {
      status: () => express,
      set: () => express,
    }) as unknown as Parameters<typeof streamLines>[0]
    arrived()
    void new Promise<void>((resolve) => {
      admit = resolve
    })
      .then(() => streamLines(express, 'req_1', open))
      .then(() => void ended++)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  const call = async () => {
    const here = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const sent = request({ port, host: '127.0.0.1' }).on('error', () => undefined)
    sent.end()
    await here
    return sent
  }
  const gone = await call()
  gone.destroy()
  await closed
  admit()
  await new Promise((resolve) => setImmediate(resolve))
  expect([opened, stopped, ended]).toEqual([0, 0, 1])

  const stays = await call()
  admit()
  await new Promise((resolve) => stays.on('response', resolve))
  expect([opened, stopped, ended]).toEqual([1, 0, 1])
  stays.destroy()
  await closed
  await new Promise((resolve) => setImmediate(resolve))
  expect([opened, stopped, ended]).toEqual([1, 1, 2])
  server.close()
})

it('holds its sender back until a slow listener has taken what was sent', async () => {
  const line = 'x'.repeat(200_000)
  let [sent, drained] = [0, 0]
  const open = (lines: Parameters<Parameters<typeof streamLines>[2]>[0]) => {
    void (async () => {
      for (; sent < 60 && lines.send(line); sent++) {
        await lines.drained()
        drained++
      }
      lines.end()
    })()
    return () => undefined
  }
  const server = createServer((_request, response) => {
    // Cast: Express's response is Node's, and two of its methods.
    const express = Object.assign(response, {
      status: () => express,
      set: () => express,
    }) as unknown as Parameters<typeof streamLines>[0]
    void streamLines(express, 'req_1', open)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  const taken = await new Promise<number>((resolve) => {
    request({ port, host: '127.0.0.1' }, (response) => {
      let bytes = 0
      setTimeout(() => {
        expect(drained).toBeLessThan(60) // twelve megabytes do not fit between the two
        response.on('data', (chunk) => {
          bytes += chunk.length
        })
        response.on('end', () => resolve(bytes))
      }, 200)
    }).end()
  })
  expect(sent).toBe(60)
  expect(taken).toBe(60 * (line.length + 3))
  server.close()
})
