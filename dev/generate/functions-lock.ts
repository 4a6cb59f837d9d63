// Makes the lockfile that is uploaded with the functions: the repository's lock, cut down to what their package.json asks for.
import { execFile } from 'node:child_process'
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Lock } from '../checks/compare-locks.ts'
import { root } from '../root.ts'

const own = 'functions/node_modules/'

/** npm keeps the versions that a lock already holds and drops what nobody asks for, so both locks agree. */
export async function writeFunctionsLock(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'lk-lock-'))
  const target = join(root, 'functions', 'package-lock.json')
  try {
    copyFileSync(join(root, 'functions', 'package.json'), join(dir, 'package.json'))
    writeFileSync(join(dir, 'package-lock.json'), JSON.stringify(startingLock(), undefined, 2))
    const args = ['install', '--package-lock-only', '--workspaces=false', '--ignore-scripts', '--no-audit', '--no-fund']
    await promisify(execFile)('npm', args, { cwd: dir })
    cpSync(join(dir, 'package-lock.json'), target)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** A package that the functions have in another version than the rest of the repository takes that one's place, and its inner packages'. */
function startingLock(): Lock & { readonly lockfileVersion: 3 } {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
  const nested = Object.entries(packages)
    .filter(([path]) => path.startsWith(own))
    .map(([path, entry]) => [path.slice('functions/'.length), entry] as const)
  const replaced = (path: string) => nested.some(([place]) => path === place || path.startsWith(`${place}/`))
  const shared = Object.entries(packages).filter(
    ([path, entry]) => path.startsWith('node_modules/') && !entry.link && !replaced(path),
  )
  return { lockfileVersion: 3, packages: Object.fromEntries([...shared, ...nested]) }
}
