// Which code a run of tests was about, kept beside its report: a report alone does not say.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'

export interface Tested {
  /** Empty outside a repository. */
  readonly commit: string
  /** Nothing was changed that is in no commit. */
  readonly clean: boolean
  /** Of the proofs by numbers; 1 is their whole size. */
  readonly share: number
}

export const testedFile = (project: string): string => join(root, '.build', `vitest-${project}.code.json`)
const git = (...args: readonly string[]): string =>
  spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? ''

/** Looked at before the run: who changes code meanwhile has tested neither state. */
export const codeOfNow = (share: number): Tested => ({
  commit: git('rev-parse', 'HEAD'),
  clean: git('status', '--porcelain') === '',
  share,
})

export const keepTested = (project: string, tested: Tested): void => {
  mkdirSync(join(root, '.build'), { recursive: true })
  writeFileSync(testedFile(project), JSON.stringify(tested))
}

export const readTested = (project: string): Tested => JSON.parse(readFileSync(testedFile(project), 'utf8')) as Tested // as kept

/** A sentence for each reason why these runs say nothing of the code of now. */
export const staleReasons = (
  runs: Readonly<Record<string, Tested>>,
  now: Pick<Tested, 'commit' | 'clean'>,
): readonly string[] => [
  ...(now.clean ? [] : ['there are changes that are in no commit']),
  ...Object.entries(runs).flatMap(([project, { commit, clean }]) => {
    if (commit !== now.commit) return [`the tests “${project}” ran on ${commit.slice(0, 10)}, not on this commit`]
    return clean ? [] : [`the tests “${project}” ran with changes that were in no commit`]
  }),
]
