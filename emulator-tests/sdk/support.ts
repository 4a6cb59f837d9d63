// Small things that the tests of the SDK share.
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { createLatchkey, type Latchkey } from '@latchkey/sdk/service/create-latchkey'
import type { LatchkeyOptions } from '@latchkey/sdk/service/options'
import type { App } from '../../functions/src/app.ts'
import { documents } from '../../functions/src/groups/signing.ts'
import { foundRings } from '../signing/support/tokens.ts'
import type { World } from '../support/world.ts'
import type { Instance } from './instance.ts'

export const bearing = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } })

/** Polls twenty times a second; answers after how many milliseconds it was true. */
export const until = async (isTrue: () => boolean | Promise<boolean>, most: number): Promise<number> => {
  const start = performance.now()
  while (!(await isTrue())) {
    if (performance.now() - start > most) throw new Error(`not within ${most} ms`)
    await pause(50)
  }
  return performance.now() - start
}

/** An SDK that reads the issuer's keys from a world's own key set; every address that it calls is written down. */
export const sdkOf = (
  { app, projectId }: World,
  instance: Instance,
  { calls = [], ...options }: Partial<LatchkeyOptions> & { readonly calls?: string[]; readonly credential: string },
): Latchkey => {
  const keysUrl = 'https://keys.latchkey.example/jwks.json'
  return createLatchkey({
    url: instance.origin,
    issuer: app.config.issuer,
    audience: 'https://calendar.example',
    keysUrl,
    firebaseProject: projectId,
    firebaseEmulator: 'unsigned tokens',
    usage: false,
    fetch: async (url, init) => {
      calls.push(url)
      return url === keysUrl ? Response.json(await keySet(app)) : fetch(url, init)
    },
    ...options,
  })
}

export const keySet = async (app: App): Promise<unknown> => {
  await foundRings(app)
  return documents(app).get('/.well-known/jwks.json')?.read()
}

/** A service of the platform's own that sees every tenant; answers its key. */
export const platformVerifier = async (world: World): Promise<string> => {
  const owner = await world.platformOwner()
  const { service } = await owner.must('members/createService', { tenant: 'platform', name: 'Calendar' })
  const grant = { tenant: 'platform', principal: { service }, role: 'platform.verifier', reach: 'subtree' }
  await owner.must('roles/assign', grant)
  const input = { tenant: 'platform', name: 'Calendar', service, scopes: ['iam/credentials.verify'] }
  return (await owner.must('apiKeys/create', input)).secret
}
