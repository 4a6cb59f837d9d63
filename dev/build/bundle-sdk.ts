// Bundles the SDK for services outside this repository: plain modules with everything in them and their types, for any runtime with `fetch` and WebCrypto.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { root } from '../root.ts'
import { declareSdk } from './declare-sdk.ts'

const adapters = ['express', 'hono', 'nestjs', 'callables'] as const

const sources: Readonly<Record<string, string>> = {
  index: 'sdk/src/service.ts',
  ...Object.fromEntries(adapters.map((name) => [name, `sdk/src/service/adapters/${name}.ts`])),
}

const options = {
  absWorkingDir: root,
  bundle: true,
  // No runtime in particular: an import of one is an error here.
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['browser', 'import'],
  target: 'es2023',
  minify: true,
  logLevel: 'silent',
} as const satisfies BuildOptions

export const bundleSdk = async (outdir = join(root, 'sdk', 'dist')): Promise<{ readonly bytes: number }> => {
  rmSync(outdir, { recursive: true, force: true })
  mkdirSync(outdir, { recursive: true })
  const { metafile } = await build({
    ...options,
    entryPoints: sources,
    outdir,
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
    format: 'esm',
    metafile: true,
  })
  const types = declareSdk(Object.values(sources), outdir)
  const exports = Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [
      name === 'index' ? '.' : `./${name}`,
      { types: types.get(source), default: `./${name}.js` },
    ]),
  )
  const manifest = { name: '@latchkey/sdk', version: '0.1.0', type: 'module', engines: { node: '>=20' }, exports }
  writeFileSync(join(outdir, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
  return { bytes: Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0) }
}

/** The same as one script that sets `latchkey`: for a look at what it needs of its surroundings. */
export const sdkScript = async (): Promise<string> => {
  const { outputFiles } = await build({
    ...options,
    entryPoints: ['sdk/src/service.ts'],
    format: 'iife',
    globalName: 'latchkey',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}
