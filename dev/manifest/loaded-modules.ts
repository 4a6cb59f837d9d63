// Which source modules an instance of each function loads: started like the cloud starts it, watched at the module loader.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { root } from '../root.ts'

const entry = join(root, 'functions', 'lib', 'index.js')
const metafile = join(root, '.build', 'functions-meta.json')

/** Prints every module that is loaded, bundles and packages alike. */
const watcher = `import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) { process.stdout.write('loaded ' + url + '\\n'); return next(url, context) } })`

const environment = {
  GCLOUD_PROJECT: 'demo-latchkey',
  FIRESTORE_EMULATOR_HOST: '127.0.0.1:1',
  FUNCTIONS_EMULATOR: 'true',
  METADATA_SERVER_DETECTION: 'none',
}

interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>
}

/** Sources of ours, and the names of the packages outside the bundle. */
export interface Loaded {
  readonly sources: readonly string[]
  readonly packages: readonly string[]
}

export const loadedModules = async (target: string): Promise<Loaded> => {
  const hook = `data:text/javascript,${encodeURIComponent(watcher)}`
  const script = `await import(${JSON.stringify(entry)})`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', hook, '--input-type=module', '-e', script],
    {
      cwd: join(root, 'functions'),
      env: { ...environment, FUNCTION_TARGET: target, PATH: process.env['PATH'] ?? '' },
      maxBuffer: 64 * 1024 * 1024,
    },
  )
  const files = stdout
    .split('\n')
    .flatMap((line) => (line.startsWith('loaded file:') ? [fileURLToPath(line.slice(7))] : []))
  return { sources: sourcesOf(files), packages: packagesOf(files) }
}

const sourcesOf = (files: readonly string[]): readonly string[] => {
  const { outputs } = JSON.parse(readFileSync(metafile, 'utf8')) as Metafile // written by esbuild
  const inputs = new Map(
    Object.entries(outputs).map(([file, { inputs: from }]) => [file.split('/').at(-1), Object.keys(from)]),
  )
  const loaded = files.filter((file) => !relative(join(root, 'functions', 'lib'), file).startsWith('..'))
  return [...new Set(loaded.flatMap((file) => inputs.get(file.split('/').at(-1)) ?? []))]
    .filter((source) => source.startsWith('functions/src/'))
    .sort()
}

const packagesOf = (files: readonly string[]): readonly string[] => {
  const names = files.flatMap((file) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [])
  return [...new Set(names)].sort()
}

/** In the order of the table of contents. */
export const functionNames = async (): Promise<readonly string[]> =>
  Object.keys((await import('../../functions/src/index.ts')) as object)

/** `functions/modules.golden.json`: a review sees when a function begins to pay for another's modules. */
export const modulesGolden = async (): Promise<string> => {
  const golden: Record<string, readonly string[]> = {}
  for (const name of await functionNames()) golden[name] = (await loadedModules(name)).sources
  return `${JSON.stringify(golden, undefined, 2)}\n`
}
