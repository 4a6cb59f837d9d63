// Built functions as Cloud Run serves them: which pages may call them, and what does not even start.
import { describe, expect, it } from 'vitest'
import { serve } from '../support/framework.ts'
import { send } from '../support/http.ts'

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
