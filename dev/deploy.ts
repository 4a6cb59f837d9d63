// `npm run deploy -- --project <id>`: says what would change, sees that everything agrees, deploys, and asks whether it answers. `--dry-run` stops before the cloud; `--rollback` deploys what was deployed last.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Agreeing, disagreements } from './deploy/agreement.ts'
import { isRealProject, readSettings } from './deploy/env-text.ts'
import { planWords } from './deploy/plan-words.ts'
import { readDeployable, type Tree } from './deploy/read-deployable.ts'
import { settingsRead } from './deploy/settings-read.ts'
import { deploySteps, probesOf, type RunStep, runDeployment, smokeTest } from './deploy/steps.ts'
import { root } from './root.ts'

const usage = 'Usage: npm run deploy -- --project <id> --api <origin of the API> [--dry-run | --rollback]'
const { values } = parseArgs({
  options: {
    project: { type: 'string' },
    api: { type: 'string' },
    'dry-run': { type: 'boolean' },
    rollback: { type: 'boolean' },
  },
})
const project = values.project ?? ''
const isDry = values['dry-run'] === true
if (!isRealProject(project)) stop(usage)
if (!isDry && !/^https:\/\/[a-z0-9.-]+$/.test(values.api ?? '')) stop(usage)

/** Moved to what was deployed whenever a deployment came to a good end. */
const tag = `deployed/${project}`
const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
const isDeployed = spawnSync('git', ['rev-parse', '--verify', '--quiet', `${tag}^{commit}`], { cwd: root }).status === 0

const workingTree: Tree = {
  text: (file) => readFileSync(join(root, file), 'utf8'),
  names: (folder) => readdirSync(join(root, folder)),
}
const deployedTree: Tree = {
  text: (file) => git('show', `${tag}:${file}`),
  names: (folder) => git('ls-tree', '--name-only', `${tag}:${folder}`).split('\n'),
}

if (values.rollback) rollBack()
const words = planWords(isDeployed ? readDeployable(deployedTree) : undefined, readDeployable(workingTree))
console.log(
  `What would change in ${project}${isDeployed ? `, since ${git('log', '-1', '--format=%h of %as', tag)}` : ''}:`,
)
for (const line of words.length === 0 ? ['nothing but code'] : words) console.log(`  ${line}`)
const faults = [...disagreements(found()), ...words.filter((line) => line.startsWith('STOP'))]
console.log(faults.length === 0 ? 'Everything agrees.' : 'What does not agree:')
for (const line of faults) console.log(`  ${line}`)
if (isDry || faults.length > 0) process.exit(faults.length === 0 ? 0 : 1)

const failed = await runDeployment(deploySteps(project), firebase(), console.log)
if (failed !== undefined)
  stop(
    `Deploying the ${failed.what} failed; what came before it is deployed. Mend it and deploy again, or: npm run deploy -- --project ${project} --api ${values.api} --rollback`,
  )
const silent = await smokeTest(
  probesOf({
    api: values.api ?? '',
    authz: setting('LK_AUTHZ_ORIGIN'),
    id: setting('LK_ISSUER'),
    app: setting('LK_APP_ORIGINS'),
  }),
)
if (silent.length > 0) stop(`It is deployed and does not answer as it should:\n  ${silent.join('\n  ')}`)
git('tag', '--force', tag)
console.log(`Deployed, and it answers. ${tag} names this commit: push the tag, so that others can roll back to it.`)

function found(): Agreeing {
  const check = spawnSync(process.execPath, [join(root, 'dev', 'generate.ts'), '--check'], {
    cwd: root,
    encoding: 'utf8',
  })
  const environment = settingsFile()
  return {
    settings: environment === undefined ? undefined : Object.keys(environment),
    read: settingsRead(),
    firebase: JSON.parse(workingTree.text('firebase.json')) as Agreeing['firebase'],
    exists: (file) => existsSync(join(root, file)),
    outOfDate: check.status === 0 ? undefined : check.stdout.trim(),
    uncommitted: git('status', '--porcelain')
      .split('\n')
      .filter((line) => line !== ''),
  }
}

function settingsFile(): Readonly<Record<string, string>> | undefined {
  const file = join(root, 'functions', `.env.${project}`)
  return existsSync(file) ? readSettings(readFileSync(file, 'utf8')) : undefined
}

function setting(name: string): string {
  return settingsFile()?.[name] ?? ''
}

function firebase(cwd = root): RunStep {
  return ({ args }) =>
    new Promise((resolve) => {
      const script = join(root, 'node_modules', 'firebase-tools', 'lib', 'bin', 'firebase.js')
      const child = spawn(process.execPath, [script, ...args], { cwd, stdio: 'inherit' })
      child.once('close', (code) => resolve(code === 0))
      child.once('error', () => resolve(false))
    })
}

/** From a tree of its own, with the settings of now: what was deployed then may lack what was set since, and not the other way round. */
function rollBack(): never {
  if (!isDeployed) stop(`Nothing is known to be deployed to ${project}: there is no tag ${tag}.`)
  const folder = join(root, '.build', 'rollback')
  rmSync(folder, { recursive: true, force: true })
  git('worktree', 'prune')
  git('worktree', 'add', '--detach', folder, tag)
  const settings = `.env.${project}`
  if (!existsSync(join(root, 'functions', settings))) stop(`There are no settings for ${project}.`)
  copyFileSync(join(root, 'functions', settings), join(folder, 'functions', settings))
  const args = ['run', 'deploy', '--', '--project', project, ...(isDry ? ['--dry-run'] : ['--api', values.api ?? ''])]
  const run = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' })
  process.exit(run.status ?? 1)
}

function stop(sentence: string): never {
  console.error(sentence)
  process.exit(2)
}
