// The guide for services, run as it stands there: its commands and its service; only addresses, ports and the state folder are the test's.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleSdk } from '../../dev/build/bundle-sdk.ts'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { authzInstance, type Instance } from '../sdk/instance.ts'

const text = readFileSync('docs/guides/verify-in-your-service.md', 'utf8')
const blocks = (language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block)

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

describe('the guide to verifying in a service', () => {
  let two: TwoAgencies
  let instance: Instance
  let state: string
  beforeAll(async () => {
    two = await twoAgencies()
    instance = await authzInstance(two.world.projectId)
    mkdirSync('.build', { recursive: true })
    state = mkdtempSync(join('.build', 'guide-')) // inside the repository: `express` is found there
    writeFileSync(join(state, 'demo.json'), JSON.stringify({ apiKey: two.north.key.secret }, undefined, 2))
    await bundleSdk(join(process.cwd(), state, 'dist'))
  }, 60_000)
  afterAll(async () => {
    rmSync(state, { recursive: true })
    await instance.close()
    await two.world.close()
  })

  it('leads from nothing to a route that lets in who may, and says to the others why not', async () => {
    const { north } = two
    const { secret } = await newKey(north.owner, north.account, { scopes: ['contacts.readonly'] })
    const port = await freePort()
    const pointed = (script: string): string =>
      script
        .replace('npm run build', 'true')
        .replaceAll('sdk/dist', `${state}/dist`)
        .replaceAll('http://127.0.0.1:5001/demo-latchkey/us-central1/authz', instance.origin)
        .replaceAll('.local/demo.json', `${state}/demo.json`)
        .replaceAll('.local/my-service', `${state}/my-service`)
        .replaceAll('127.0.0.1:4000', `127.0.0.1:${port}`)
    const [layout = '', start = '', ask = ''] = blocks('sh').map(pointed)
    const [service = ''] = blocks('js')
    mkdirSync(join(state, 'my-service'), { recursive: true })
    writeFileSync(join(state, 'my-service', 'service.mjs'), service)
    const script = [layout, start, 'trap "kill $!" EXIT', 'echo "@@"', ask.replaceAll(/\ncurl/g, '\necho; curl')].join(
      '\n',
    )
    const env = { ...process.env, ACCOUNT: north.account, SECRET: secret, PORT: String(port) }
    const { stdout } = await promisify(execFile)('bash', ['-eu', '-o', 'pipefail', '-c', script], {
      timeout: 60_000,
      env,
    })
    const [listed = '', refused = '', stranger = ''] = (stdout.split('@@\n')[1] ?? '').split('\n')
    expect(JSON.parse(listed)).toEqual({ for: `user:${north.ownerUid}`, contacts: [] })
    expect(JSON.parse(refused)).toMatchObject({ status: 403, code: 'insufficient_scope', missing: ['contacts.delete'] })
    expect(JSON.parse(stranger)).toMatchObject({ status: 401, code: 'invalid_token' })
  }, 90_000)

  it('names nothing that the SDK does not have', () => {
    const imports = blocks('js')
      .join('\n')
      .match(/from '(@latchkey\/sdk[^']*)'/g)
    expect(imports).toHaveLength(2)
    expect(blocks('sh')).toHaveLength(3)
  })
})
