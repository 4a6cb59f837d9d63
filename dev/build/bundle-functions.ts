// Bundles the deployed functions: our code and small libraries in, the frameworks and cloud SDKs left to the lockfile.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, stop } from 'esbuild'
import { root } from '../root.ts'
import { replaceWhenDifferent } from './replace-when-different.ts'

const external = ['firebase-functions', 'firebase-functions/*', 'firebase-admin', 'firebase-admin/*', '@google-cloud/*']

export type Bundle = { readonly files: number; readonly bytes: number; readonly changed: boolean }

/** Builds beside the target and swaps in one step, since the Functions emulator reloads at every file written under `functions/`. */
export async function bundleFunctions(): Promise<Bundle> {
  const buildDir = join(root, '.build')
  const outdir = join(buildDir, 'functions-lib')
  rmSync(outdir, { recursive: true, force: true })
  mkdirSync(outdir, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { index: 'functions/src/index.ts' },
    outdir,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external,
    sourcemap: true,
    metafile: true,
    logLevel: 'silent', // the caller prints what the thrown failure carries
    banner: { js: requireForCommonJs },
  })
  await stop() // else its service process stays as long as the stack does
  writeFileSync(join(buildDir, 'functions-meta.json'), `${JSON.stringify(metafile)}\n`)
  const code = Object.entries(metafile.outputs).filter(([file]) => file.endsWith('.js'))
  const bytes = code.reduce((sum, [, output]) => sum + output.bytes, 0)
  return { files: code.length, bytes, changed: replaceWhenDifferent(outdir, join(root, 'functions', 'lib')) }
}

/** CommonJS packages bundled into ESM still call `require` for Node's own modules. */
const requireForCommonJs =
  "import { createRequire as lkCreateRequire } from 'node:module'; const require = lkCreateRequire(import.meta.url);"
