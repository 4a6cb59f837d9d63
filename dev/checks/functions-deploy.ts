// Proves that the uploaded folder stands alone: package.json, its lock and lib, installed where nothing else is, give the golden manifest.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { canonicalManifest, readManifest } from '../manifest/read-manifest.ts'
import { root } from '../root.ts'
import { compareLocks, type Lock, type PackageJson } from './compare-locks.ts'

const functions = join(root, 'functions')
const uploaded = ['package.json', 'package-lock.json', 'lib']
export const goldenManifestFile = join(functions, 'manifest.golden.json')

/** One line for each reason why the upload would not be what was tested. Needs `functions/lib` to be built. */
export async function checkFunctionsDeploy(): Promise<string[]> {
  const missing = uploaded.filter((name) => !existsSync(join(functions, name)))
  if (missing.length > 0)
    return [`functions/${missing.join(' and functions/')} missing: npm run build, npm run generate.`]
  const locks = checkFunctionsLock()
  return locks.length > 0 ? locks : await standAlone()
}

export function checkFunctionsLock(): string[] {
  const lock = join(functions, 'package-lock.json')
  if (!existsSync(lock)) return ['functions/package-lock.json is missing: npm run generate.']
  const wanted = readJson<PackageJson>(join(functions, 'package.json'))
  return compareLocks(wanted, readJson<Lock>(lock), readJson<Lock>(join(root, 'package-lock.json')))
}

/** Outside the repository, so that no package is found in a folder above. */
async function standAlone(): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), 'lk-upload-'))
  try {
    for (const name of uploaded) cpSync(join(functions, name), join(dir, name), { recursive: true })
    const args = [
      'ci',
      '--omit=dev',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--loglevel=error',
    ]
    await promisify(execFile)('npm', args, { cwd: dir })
    const manifest = canonicalManifest(await readManifest(dir, join(dir, 'node_modules')))
    return compareGolden(manifest)
  } catch (reason) {
    return [`The upload does not stand alone: ${reason instanceof Error ? reason.message : String(reason)}`]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function compareGolden(manifest: string): string[] {
  const golden = existsSync(goldenManifestFile) ? readFileSync(goldenManifestFile, 'utf8') : ''
  if (manifest === golden) return []
  const gone = golden.split('\n').filter((line) => !manifest.includes(line))
  const added = manifest.split('\n').filter((line) => !golden.includes(line))
  const lines = [...gone.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)]
  return [
    'The deployment differs from functions/manifest.golden.json (if that is meant: npm run generate):',
    ...lines.slice(0, 20),
  ]
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T
}
