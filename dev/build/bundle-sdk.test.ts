// The SDK as others get it: it loads where there is nothing but the web's own things, and in a plain Node of another version.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { formatSecret } from '@latchkey/core/credentials/secret-format'
import type { CredentialId } from '@latchkey/core/kernel/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleSdk, sdkScript } from './bundle-sdk.ts'

/** In the form of a key that nobody made. */
const wellFormed = formatSecret('api', '0'.repeat(22) as CredentialId, new Uint8Array(32)) // in the form of one

describe('the bundled SDK', () => {
  const dir = mkdtempSync(join(tmpdir(), 'latchkey-sdk-'))
  const installed = join(dir, 'node_modules', '@latchkey', 'sdk')
  beforeAll(async () => void (await bundleSdk(installed)), 60_000)
  afterAll(() => rmSync(dir, { recursive: true }))

  it('imports nothing but itself', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'))
    expect(files.length).toBeGreaterThan(4)
    const seen = new Set<string | undefined>()
    for (const file of files) {
      const text = readFileSync(join(installed, file), 'utf8')
      const imports = [...text.matchAll(/\b(?:import|export)\b[^;'"]*?\bfrom\s*["']([^"']+)["']/g)].map(
        ([, from]) => from,
      )
      for (const from of imports) seen.add(from)
      expect(
        imports.filter((from) => !from?.startsWith('.')),
        file,
      ).toEqual([])
      expect(text, file).not.toMatch(/\brequire\(["']|import\(["']node:/)
    }
    expect(seen.size).toBeGreaterThan(0) // of its own parts, so that what is looked for can be found
  })

  it('runs where there is only fetch, WebCrypto and what the web has beside them', async () => {
    const asked: string[] = []
    const web = {
      ...{ URL, Headers, Request, Response, AbortController, AbortSignal, ReadableStream },
      ...{ TextEncoder, TextDecoder, atob, crypto, performance, setTimeout, clearTimeout, setInterval, clearInterval },
      fetch: async (url: string) => {
        asked.push(url)
        return new Response('{}', { status: 503 })
      },
    }
    const context = createContext(web)
    runInContext(await sdkScript(), context)
    const told = await runInContext(
      `(async () => {
        const { createLatchkey, LatchkeyRefusal } = latchkey
        const sdk = createLatchkey({ url: 'https://authz.example', credential: 'lk_api_x', feed: false, usage: false })
        const code = (error) => error instanceof LatchkeyRefusal ? error.code : String(error)
        const of = (bearer) => sdk.authenticate({ headers: { authorization: bearer } }).then(() => 'let in', code)
        const key = 'Bearer lk_api_' + '${wellFormed.slice(7)}'
        return [await of('Bearer lk_api_garbage'), await of(key)]
      })()`,
      context,
    )
    expect([...told]).toEqual(['invalid_token', 'unavailable'])
    expect(asked).toEqual(['https://authz.example/v1/credentials/describe'])
  })

  const others = ['/usr/bin/node', '/usr/local/bin/node'].filter(
    (path) => existsSync(path) && path !== process.execPath,
  )
  it.skipIf(others.length === 0)('is imported by another Node as a package', () => {
    const script = join(dir, 'service.mjs')
    writeFileSync(
      script,
      `import { createLatchkey } from '@latchkey/sdk'
       import { expressGuard } from '@latchkey/sdk/express'
       const latchkey = createLatchkey({ url: 'https://authz.example', credential: 'x', feed: false, usage: false })
       const code = await latchkey.authenticate(new Headers()).catch((error) => error.code)
       console.log(code, typeof expressGuard(latchkey), process.version)`,
    )
    const said = execFileSync(others[0] ?? '', [script], { encoding: 'utf8' })
    expect(said).toMatch(/^invalid_token function v(2\d)/)
  })
})
