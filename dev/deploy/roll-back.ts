// Back to what was deployed before: which commit that is, and a tree of its own to deploy it from.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'
import { settingsRead } from './settings-read.ts'

export const git = (...args: readonly string[]): string => gitText(...args).trim()

/** As it is stored, with its last line break. */
export const gitText = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' })

/** Tags of a project: what has begun and not come to a good end, what has last, and what had before that. */
export const tagsOf = (project: string) => ({
  begun: `deploying/${project}`,
  deployed: `deployed/${project}`,
  before: `deployed-before/${project}`,
})

export const commitOf = (tag: string): string | undefined => {
  const found = spawnSync('git', ['rev-parse', '--verify', '--quiet', `refs/tags/${tag}^{commit}`], {
    cwd: root,
    encoding: 'utf8',
  })
  return found.status === 0 ? found.stdout.trim() : undefined
}

export interface Deployments {
  readonly begun: string | undefined
  readonly deployed: string | undefined
  readonly before: string | undefined
}

/** A deployment that failed leaves the last good one; from a good one it goes to the one before. */
export const rollbackTarget = ({ begun, deployed, before }: Deployments): string | undefined =>
  begun === undefined ? before : deployed

/** What a good end makes of the tags. The same commit deployed again, with other settings, is no step forward. */
export const afterGoodEnd = ({ deployed, before }: Deployments, now: string): Deployments => ({
  begun: undefined,
  deployed: now,
  before: deployed === undefined || deployed === now ? before : deployed,
})

/** The lines of those settings that the older functions read: they refuse to be deployed with others. */
export const settingsFor = (read: readonly string[], settings: string): string =>
  settings
    .split('\n')
    .filter((line) => line === '' || read.includes(line.slice(0, line.indexOf('='))))
    .join('\n')

/** Answers the exit code of the deployment. */
export const rollBack = (project: string, commit: string, args: readonly string[]): number => {
  const folder = join(root, '.build', 'rollback')
  rmSync(folder, { recursive: true, force: true })
  git('worktree', 'prune')
  git('worktree', 'add', '--detach', folder, commit)
  const file = join('functions', `.env.${project}`)
  const read = settingsRead((reader) => gitText('show', `${commit}:${reader}`))
  writeFileSync(join(folder, file), settingsFor(read, readFileSync(join(root, file), 'utf8')))
  const run = spawnSync('npm', ['run', 'deploy', '--', '--project', project, ...args], {
    cwd: folder,
    stdio: 'inherit',
  })
  return run.status ?? 1
}
