/** The control endpoint as another process uses it. */
import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NO_RETRY, PROJECT, refusalOf, startWithClients, type TestEmulators } from '../testing/official-clients.ts'

let running: TestEmulators
let url: string
beforeAll(async () => {
  running = await startWithClients()
  url = `http://127.0.0.1:${running.emulators.controlPort}/faults`
})
afterAll(() => running.stop())
beforeEach(() => running.emulators.faults.clear())

const JSON_TYPE = { 'content-type': 'application/json' }
const post = (body: string, headers: Record<string, string> = JSON_TYPE) =>
  fetch(url, { method: 'POST', headers, body })
const listSecrets = () => running.secrets.listSecrets({ parent: PROJECT }, NO_RETRY)

describe('the control endpoint', () => {
  it('arms a fault, shows it with the counts, and clears it', async () => {
    const armed = await post('{"kind":"fail","code":"DEADLINE_EXCEEDED","method":"listSecrets","call":2}')
    expect(armed.status).toBe(201)
    await listSecrets()
    const fault = { kind: 'fail', code: 'DEADLINE_EXCEEDED', method: 'listSecrets', call: 2 }
    expect(await (await fetch(url)).json()).toEqual({ faults: [fault], calls: { listSecrets: 1 } })
    expect(await refusalOf(listSecrets())).toContain('DEADLINE_EXCEEDED: ')
    await post('{"kind":"unavailable"}')
    expect(await refusalOf(listSecrets())).toContain('UNAVAILABLE: ')
    const cleared = await fetch(url, { method: 'DELETE' })
    expect(await cleared.json()).toEqual({ faults: [], calls: {} })
    await listSecrets()
  })

  it.each([
    '{"kind":"unavailable","method":"encrypt"}',
    '{"kind":"slow","ms":5}',
    '{"kind":"loseAnswer","call":3}',
    '{"kind":"damage"}',
  ])('understands %s', async (body) => {
    expect((await post(body)).status).toBe(201)
    expect(running.emulators.faults.list()).toEqual([JSON.parse(body)])
  })

  it.each([
    ['rubbish', ''],
    ['null', "'kind' must be one of"],
    ['{"kind":"toString"}', "'kind' must be one of: unavailable, slow, fail, loseAnswer, damage."],
    ['{"kind":"unavailable","methods":"encrypt"}', "has no field 'methods'"],
    ['{"kind":"unavailable","method":"encript"}', "no emulated method 'encript'"],
    ['{"kind":"slow"}', "'ms' must be a positive whole number"],
    ['{"kind":"fail"}', "'code' must be the name of a gRPC status"],
    ['{"kind":"fail","code":"OK"}', "'code' must be the name of a gRPC status"],
    ['{"kind":"fail","code":"13"}', "'code' must be the name of a gRPC status"],
    ['{"kind":"loseAnswer","call":0}', "'call' must be a positive whole number"],
  ])('refuses %s and arms nothing', async (body, sentence) => {
    const answer = await post(body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({ error: expect.stringContaining(sentence) })
    expect(running.emulators.faults.list()).toEqual([])
  })

  it('refuses what a page in a browser could send to it without asking', async () => {
    expect((await post('{"kind":"unavailable"}', { 'content-type': 'text/plain' })).status).toBe(400)
    expect(running.emulators.faults.list()).toEqual([])
  })

  it('refuses a name of its own that somebody bound to the loopback address', async () => {
    const status = await new Promise((resolve, reject) => {
      request(url, { method: 'DELETE', headers: { host: 'evil.example' } }, (answer) => resolve(answer.statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(403)
  })

  it('knows one path and three verbs', async () => {
    expect((await fetch(url.replace('/faults', '/'))).status).toBe(404)
    expect((await fetch(url, { method: 'PUT' })).status).toBe(405)
  })
})
