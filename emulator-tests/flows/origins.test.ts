// Both origins as `firebase.json` parts them, beside emulators: calls go to functions, everything else is a file with its headers.
import { expect, it } from 'vitest'
import { readSites } from '../../dev/terraform/read-sites.ts'
import { type Reply, send } from '../support/http.ts'
import { endpoints } from '../support/stack.ts'

const origins: Readonly<Record<string, string>> = { app: endpoints.app, id: endpoints.id }
const ask = (origin: string, path: string, method: 'GET' | 'POST'): Promise<Reply> =>
  send(origins[origin] ?? '', path, { method, ...(method === 'POST' ? { body: '{}' } : {}) })

const calls = [
  ['app', 'GET', '/healthz', 200],
  ['app', 'GET', '/v1/health', 200],
  ['app', 'POST', '/v1/ops/tenants/list', 401],
  ['app', 'GET', '/v1/audit/export', 401],
  ['app', 'POST', '/v1/leaks', 401],
  ['app', 'POST', '/v1/credentials/exchange', 401],
  ['app', 'POST', '/v1/credentials/verify', 401],
  ['app', 'GET', '/v1/changes', 401],
  ['app', 'POST', '/access/v1/evaluation', 401],
  ['app', 'GET', '/.well-known/authzen-configuration', 200],
  ['id', 'GET', '/.well-known/jwks.json', 200],
  ['id', 'GET', '/.well-known/audit-keys.json', 200],
  ['id', 'POST', '/oauth/nothing', 404],
] as const

it.each(calls)(
  'C-154 the origin %s takes %s %s as a call',
  async (origin, method, path, status) => {
    const reply = await ask(origin, path, method)
    expect(reply.status, JSON.stringify(reply.body)).toBe(status)
    expect(reply.headers['content-type']).toMatch(/^application\/([a-z-]+\+)?json/)
  },
  60_000,
)

it('C-154 every rewrite of both origins is tried above', () => {
  const untried = Object.entries(readSites()).flatMap(([name, { rewrites }]) => {
    const taking = calls.flatMap(([origin, , path]) => {
      const taken = rewrites.find(({ source }) => path === source || path.startsWith(source.replace(/\*\*$/, '')))
      return origin === name && taken !== undefined ? [taken.source] : []
    })
    return rewrites.filter(({ source }) => !taking.includes(source)).map(({ source }) => `${name}${source}`)
  })
  expect(untried).toEqual([])
})

const loads = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
const rest =
  "object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'"

it.each([
  ['app', `${loads}connect-src 'self' http://127.0.0.1:*; ${rest}`],
  ['id', `${loads}${rest}`],
])(
  'C-154 C-159 the page of the origin %s is a file that nobody frames, and loads nothing of others',
  async (origin, policy) => {
    const { status, headers } = await ask(origin, '/', 'GET')
    expect(status).toBe(200)
    expect(headers['content-type']).toContain('text/html')
    expect(headers['content-security-policy']).toBe(policy)
    expect(headers['strict-transport-security']).toBe('max-age=63072000; includeSubDomains')
    expect(headers['permissions-policy']).toContain('camera=()')
    expect(headers['cross-origin-opener-policy']).toBe('same-origin')
    // Beside emulators alone: origins differ by port, and the status page looks whether both are up.
    expect(headers['cross-origin-resource-policy']).toBe('cross-origin')
    expect(headers['x-frame-options']).toBe('DENY')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
  },
)
