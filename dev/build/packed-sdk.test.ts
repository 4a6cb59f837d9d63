// The SDK in a stranger's project: packed, installed where there is nothing else, type-checked with everything strict, and run.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../root.ts'
import { bundleSdk } from './bundle-sdk.ts'

const program = `
import { createLatchkey, type Decision, type Latchkey, LatchkeyRefusal, type On, type Principal } from '@latchkey/sdk'
import { assertDeclared as assertCallables, callableGuard } from '@latchkey/sdk/callables'
import { assertDeclared, expressGuard } from '@latchkey/sdk/express'
import { honoGuard, passing } from '@latchkey/sdk/hono'
import { Needs, nestGuard } from '@latchkey/sdk/nestjs'

const latchkey: Latchkey = createLatchkey({
  url: 'https://authz.example', credential: 'lk_api_x', issuer: 'https://id.example', audience: ['https://a.example'],
  feed: false, usage: false,
  fetch: async () => new Response('{}', { status: 503 }),
})
const on: On = { tenant: 'acc_1', resource: { type: 'contact', id: 'c-1', properties: { tags: ['a'] } } }
const asked = async (headers: Headers): Promise<Decision> => {
  const caller: Principal = await latchkey.authenticate(headers, { address: '192.0.2.1' })
  await caller.require('contacts.read', on)
  return caller.check('contacts.read', { ...on, atLeast: '2030-01-01T00:00:00.000000Z' })
}
const guard = expressGuard(latchkey)
guard({ permission: 'contacts.read', tenant: ({ params }) => String(params['account']) })
honoGuard(latchkey)({ open: 'asked by the load balancer' })
const onCall = (_options: object, handle: (call: never) => Promise<string>) => handle
callableGuard({ latchkey, onCall, HttpsError: Error })({ permission: 'contacts.read', tenant: 'of the credential' }, async () => 'x')
nestGuard(latchkey, class extends Error { constructor(body: object, status: number) { super(JSON.stringify([body, status])) } })
const all: readonly unknown[] = [assertDeclared, assertCallables, passing, Needs]
try {
  await asked(new Headers())
} catch (error) {
  if (error instanceof LatchkeyRefusal) console.log(error.code, error.status, error.headers['www-authenticate'], all.length)
}
`

/** Each of them is a mistake that types must find. */
const mistakes = [
  `import { createLatchkey } from '@latchkey/sdk'; createLatchkey({ url: 'https://a.example' })`,
  `import { expressGuard } from '@latchkey/sdk/express'; expressGuard(1)`,
  `import type { Principal } from '@latchkey/sdk'; export const may = (one: Principal): boolean => one.require('a.b')`,
  `import { honoGuard } from '@latchkey/sdk/hono'; honoGuard({} as never)({})`,
  `import { honoGuard } from '@latchkey/sdk/hono'; honoGuard({} as never)({ permission: 'contacts.read' })`,
]

const strict = {
  compilerOptions: {
    ...{ strict: true, skipLibCheck: false, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    ...{ module: 'NodeNext', moduleResolution: 'NodeNext', target: 'ES2022', lib: ['ES2022', 'DOM'], types: [] },
    outDir: 'out',
  },
}

describe('the packed SDK', () => {
  const dir = mkdtempSync(join(tmpdir(), 'latchkey-packed-'))
  const mine = join(dir, 'service')
  const npm = (...given: string[]): string => execFileSync('npm', given, { cwd: mine, encoding: 'utf8' })
  /** What the compiler says of these files, together: most of its time goes into the libraries. */
  const compile = (texts: readonly string[]) => {
    const files = texts.map((text, index) => {
      writeFileSync(join(mine, `service${index}.ts`), text)
      return `service${index}.ts`
    })
    writeFileSync(join(mine, 'tsconfig.json'), JSON.stringify({ ...strict, files }))
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', mine], { cwd: mine, encoding: 'utf8' })
    return { status, stdout }
  }

  beforeAll(async () => {
    await bundleSdk(join(dir, 'sdk'))
    mkdirSync(mine)
    writeFileSync(join(mine, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
    npm('pack', join(dir, 'sdk'), '--silent')
    npm('install', '--offline', '--no-audit', '--no-fund', './latchkey-sdk-0.1.0.tgz')
  }, 60_000)
  afterAll(() => rmSync(dir, { recursive: true }))

  it('brings nothing else along, and no declarations that name a package', () => {
    expect(readdirSync(join(mine, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['@latchkey'])
    const types = join(mine, 'node_modules', '@latchkey', 'sdk', 'types')
    const files = readdirSync(types, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'))
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      expect(readFileSync(join(types, file), 'utf8'), file).not.toMatch(/(from|import\()\s*['"][^.]/)
    }
  })

  it('is type-checked with everything strict, libraries included, and runs', () => {
    expect(compile([program])).toEqual({ status: 0, stdout: '' })
    const said = execFileSync(process.execPath, [join(mine, 'out', 'service0.js')], { encoding: 'utf8' })
    expect(said).toBe('invalid_token 401 Bearer error="invalid_token" 4\n')
  })

  it('tells mistakes by their types', () => {
    const { stdout } = compile(mistakes)
    const found = new Set(
      stdout.split('\n').flatMap((line) => /^service(\d)\.ts\(1,\d+\): error TS2/.exec(line)?.[1] ?? []),
    )
    expect([...found].toSorted()).toEqual(Object.keys(mistakes))
  })
})
