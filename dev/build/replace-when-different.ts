// Swaps a freshly built folder for the older one, unless both hold the same files.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Returns whether the target changed. Both must be on one file system, so that a rename is one step. */
export function replaceWhenDifferent(fresh: string, target: string): boolean {
  if (existsSync(target) && digest(fresh) === digest(target)) {
    rmSync(fresh, { recursive: true })
    return false
  }
  const old = `${fresh}.old`
  rmSync(old, { recursive: true, force: true })
  if (existsSync(target)) renameSync(target, old)
  renameSync(fresh, target)
  rmSync(old, { recursive: true, force: true })
  return true
}

function digest(dir: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).toSorted())
    hash.update(path.slice(dir.length)).update('\0').update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}
