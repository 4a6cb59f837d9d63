// Built functions as Cloud Run serves them: which pages may call them, and what does not even start.
import { describe, expect, it } from 'vitest'
import { signIn } from '../../dev/demo/actors.ts'
import { serve } from '../support/framework.ts'
import { bearer, send } from '../support/http.ts'
import { endpoints } from '../support/stack.ts'

const origin = 'http://127.0.0.1:5000'
const preflight = (from: string) =>
  ({
    method: 'OPTIONS',
    headers: [
      ['Origin', from],
      ['Access-Control-Request-Method', 'POST'],
      ['Access-Control-Request-Headers', 'authorization,content-type'],
    ],
  }) as const

describe('a served function', () => {
  it('answers the preflight of our own pages and of no others', async () => {
    const served = await serve('apiKeys', { LK_APP_ORIGINS: origin })
    try {
      const ours = await send(served.origin, '/apiKeys/create', preflight(origin))
      const theirs = await send(served.origin, '/apiKeys/create', preflight('https://evil.example'))
      expect(ours).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': origin } })
      expect(theirs.headers['access-control-allow-origin']).not.toBe('https://evil.example')
      expect(theirs.headers['access-control-allow-origin']).not.toBe('*')
    } finally {
      served.stop()
    }
  }, 60_000)

  it('takes the path of a Hosting rewrite and of the function itself, and refuses other paths', async () => {
    const served = await serve('apiKeys', { LK_APP_ORIGINS: origin })
    try {
      const at = async (path: string) =>
        (await send(served.origin, path, { body: '{"data":{}}' })).body.error?.details?.code
      expect(await at('/apiKeys/create')).toBe('invalid_token')
      expect(await at('/create')).toBe('invalid_token')
      expect(await at('/tenants/create')).toBe('not_found')
      expect(await at('/apiKeys/create/')).toBe('not_found')
      expect(await at('/apiKeys/constructor')).toBe('not_found')
    } finally {
      served.stop()
    }
  }, 60_000)

  it('T-25 asked to, refuses callables without App Check or with a forged one; and App Check alone opens nothing', async () => {
    const token = await signIn(endpoints, 'olivia.hart@northwind.example')
    const asked = async (origin: string, headers: readonly (readonly [string, string])[]) =>
      (await send(origin, '/access/check', { body: '{"data":{}}', headers })).body.error
    const strict = await serve('access', { LK_ENFORCE_APP_CHECK: 'true' })
    const open = await serve('access')
    try {
      const forged = ['X-Firebase-AppCheck', 'e30.e30.x'] as const
      for (const headers of [bearer(token), [...bearer(token), forged]])
        expect(await asked(strict.origin, headers)).toMatchObject({ status: 'UNAUTHENTICATED' })
      // Without the setting the guard's own checks decide: signed in, but nothing was asked; and App Check is no sign-in.
      expect((await asked(open.origin, bearer(token))).details.code).toBe('invalid_request')
      expect((await asked(open.origin, [forged])).status).toBe('UNAUTHENTICATED')
    } finally {
      strict.stop()
      open.stop()
    }
  }, 60_000)

  it.each([
    ['a real project with emulator settings', { GCLOUD_PROJECT: 'latchkey-prod' }],
    ['a demo project without emulators', { FIRESTORE_EMULATOR_HOST: '' }],
    ['emulator settings inside Cloud Run', { K_SERVICE: 'api' }],
    ['an example as a secret', { LK_INVOKER_TOKEN: 'changeme' }],
  ])(
    'C-098 I-20 does not start with %s',
    async (_what, env) => {
      await expect(serve('api', env)).rejects.toThrow('did not start')
    },
    60_000,
  )
})
