import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { firstTakenPort, host, offsetFromEnvironment, portTable } from './ports.ts'

test('no two parts share a port', () => {
  const ports = Object.values(portTable(0))
  expect(new Set(ports).size).toBe(ports.length)
})

test('an offset moves every port by the same amount', () => {
  expect(portTable(20_000).firestore).toBe(28_080)
  expect(portTable(20_000).id - portTable(20_000).app).toBe(5)
})

test.each([-1, 0.5, 60_000, Number.NaN])('refuses the offset %s', (offset) => {
  expect(() => portTable(offset)).toThrow(RangeError)
})

test('an absent offset is zero and a wrong one is not silently zero', () => {
  expect(offsetFromEnvironment(undefined)).toBe(0)
  expect(offsetFromEnvironment('')).toBe(0)
  expect(offsetFromEnvironment('abc')).toBeNaN()
})

/** Below the ports that the system hands out by itself, so that nobody takes one meanwhile. */
async function freePorts() {
  for (let offset = 12_000; offset < 20_000; offset += 37)
    if ((await firstTakenPort(portTable(offset))) === undefined) return portTable(offset)
  throw new Error('no free range of ports')
}

test('names the port that somebody else holds, and nothing when all are free', async () => {
  const ports = await freePorts()
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(ports.auth, host, resolve))
  expect(await firstTakenPort(ports)).toEqual({ name: 'auth', port: ports.auth })
  await new Promise((resolve) => squatter.close(resolve))
})
