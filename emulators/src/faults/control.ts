/** The loopback HTTP endpoint through which another process arms, reads and clears faults. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Faults } from './faults.ts'
import { parseFault } from './parse-fault.ts'

const MAX_BODY_BYTES = 16_384

/** A page in the developer's browser must not reach this by rebinding a name of its own to the loopback address. */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost)(:\d+)?$/

async function readJson(request: IncomingMessage): Promise<unknown> {
  // Browsers send JSON across origins only after a preflight, which this endpoint never grants.
  if (request.headers['content-type'] !== 'application/json') throw new Error('Send content-type: application/json.')
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > MAX_BODY_BYTES) throw new Error('The body is too large for a fault.')
  }
  return JSON.parse(text)
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}

async function handle(request: IncomingMessage, response: ServerResponse, faults: Faults): Promise<void> {
  if (!LOOPBACK_HOST.test(request.headers.host ?? '')) return answer(response, 403, { error: 'Loopback callers only.' })
  if (request.url !== '/faults') return answer(response, 404, { error: 'There is only /faults here.' })
  const current = (): object => ({ faults: faults.list(), calls: faults.calls() })
  switch (request.method) {
    case 'GET':
      return answer(response, 200, current())
    case 'POST':
      faults.add(parseFault(await readJson(request)))
      return answer(response, 201, current())
    case 'DELETE':
      faults.clear()
      return answer(response, 200, current())
    default:
      return answer(response, 405, { error: 'Use GET, POST or DELETE.' })
  }
}

export function createControlServer(faults: Faults): Server {
  return createServer((request, response) => {
    handle(request, response, faults).catch((error: unknown) => {
      answer(response, 400, { error: error instanceof Error ? error.message : 'The request could not be read.' })
    })
  })
}
