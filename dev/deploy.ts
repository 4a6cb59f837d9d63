// `npm run deploy -- --project <id>`: says what would change, sees that everything agrees, deploys, and asks whether it answers. `--dry-run` stops before the cloud; `--rollback` goes back to the last good deployment, or from a good one to the one before.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../functions/src/platform/config.ts'
import { type Agreeing, disagreements } from './deploy/agreement.ts'
import { projectFault, readSettings } from './deploy/env-text.ts'
import { planWords } from './deploy/plan-words.ts'
import { readDeployable, type Tree } from './deploy/read-deployable.ts'
import { afterGoodEnd, commitOf, git, gitText, rollBack, rollbackTarget, tagsOf } from './deploy/roll-back.ts'
import { runStep } from './deploy/run-step.ts'
import { settingsRead } from './deploy/settings-read.ts'
import { deploySteps, probesOf, runDeployment, smokeTest } from './deploy/steps.ts'
import { failPlainly, plainly } from './operator/fail-plainly.ts'
import { readOptions, refuse } from './operator/read-options.ts'
import { root } from './root.ts'

const usage = `Usage: npm run deploy -- --project <id> --api <origin of the API> [--dry-run | --rollback]
  --api       as in https://api.example.com; \`--dry-run\` does without
  --dry-run   says what would change and whether everything agrees, without credentials
  --rollback  goes back to the last good deployment, or from a good one to the one before`
const values = readOptions(usage, {
  project: { type: 'string', default: '' },
  api: { type: 'string', default: '' },
  'dry-run': { type: 'boolean', default: false },
  rollback: { type: 'boolean', default: false },
})
const { project, api, 'dry-run': isDry } = values
const fault = projectFault(project)
if (fault !== undefined) refuse(fault, usage)
if (!isDry && !/^https:\/\/[a-z0-9.-]+$/.test(api))
  refuse(api === '' ? 'Say where the API will answer: --api <origin>.' : `"${api}" is no https origin.`, usage)
failPlainly()

const tags = tagsOf(project)
const had = { begun: commitOf(tags.begun), deployed: commitOf(tags.deployed), before: commitOf(tags.before) }
const { deployed } = had
if (values.rollback) goBack()

const workingTree: Tree = {
  text: (file) => readFileSync(join(root, file), 'utf8'),
  names: (folder) => readdirSync(join(root, folder)),
}
const treeOf = (commit: string): Tree => ({
  text: (file) => gitText('show', `${commit}:${file}`),
  names: (folder) => git('ls-tree', '--name-only', `${commit}:${folder}`).split('\n'),
})
const words = planWords(
  deployed === undefined ? undefined : readDeployable(treeOf(deployed)),
  readDeployable(workingTree),
)
console.log(`What would change in ${project}${deployed === undefined ? '' : `, since ${said(deployed)}`}:`)
for (const line of words.length === 0 ? ['nothing but code'] : words) console.log(`  ${line}`)
const faults = [...disagreements(found()), ...words.filter((line) => line.startsWith('STOP'))]
console.log(faults.length === 0 ? 'Everything agrees.' : 'What does not agree:')
for (const line of faults) console.log(`  ${line}`)
if (isDry || faults.length > 0) process.exit(faults.length === 0 ? 0 : 1)

git('tag', '--force', tags.begun)
const failed = await runDeployment(deploySteps(project), runStep, console.log)
if (failed !== undefined)
  stop(
    `Deploying stopped at “${failed.what}”; what came before it is deployed. Mend it and deploy again, or: npm run deploy -- --project ${project} --api ${api} --rollback`,
  )
const silent = await smokeTest(
  probesOf({ api, authz: setting('LK_AUTHZ_ORIGIN'), id: setting('LK_ISSUER'), app: setting('LK_APP_ORIGINS') }),
)
if (silent.length > 0) stop(`It is deployed and does not answer as it should:\n  ${silent.join('\n  ')}`)
const now = afterGoodEnd(had, git('rev-parse', 'HEAD'))
if (now.before !== undefined) git('tag', '--force', tags.before, now.before)
git('tag', '--force', tags.deployed)
git('tag', '--delete', tags.begun)
console.log(
  `Deployed, and it answers. So that others can roll back to it: git push --force origin ${[tags.deployed, ...(now.before === undefined ? [] : [tags.before])].join(' ')}`,
)

function found(): Agreeing {
  const check = spawnSync(process.execPath, [join(root, 'dev', 'generate.ts'), '--check'], {
    cwd: root,
    encoding: 'utf8',
  })
  const environment = settingsFile()
  return {
    settings: environment === undefined ? undefined : Object.keys(environment),
    refused: environment === undefined ? undefined : refusedAtStart(environment),
    read: settingsRead(),
    firebase: JSON.parse(workingTree.text('firebase.json')) as Agreeing['firebase'],
    exists: (file) => existsSync(join(root, file)),
    outOfDate: check.status === 0 ? undefined : check.stdout.trim(),
    uncommitted: git('status', '--porcelain')
      .split('\n')
      .filter((line) => line !== ''),
  }
}

function refusedAtStart(environment: Readonly<Record<string, string>>): string | undefined {
  try {
    readConfig({ ...environment, GCLOUD_PROJECT: project })
    return undefined
  } catch (reason) {
    return plainly(reason)
  }
}

function settingsFile(): Readonly<Record<string, string>> | undefined {
  const file = join(root, 'functions', `.env.${project}`)
  return existsSync(file) ? readSettings(readFileSync(file, 'utf8')) : undefined
}

function setting(name: string): string {
  return settingsFile()?.[name] ?? ''
}

function said(commit: string): string {
  return git('log', '-1', '--format=%h of %as', commit)
}

function goBack(): never {
  const target = rollbackTarget(had)
  if (target === undefined)
    stop(
      `Nothing is known that ${project} could go back to: there is no tag ${had.begun ? tags.deployed : tags.before}.`,
    )
  if (settingsFile() === undefined) stop(`There are no settings for ${project}.`)
  const from = had.begun ?? deployed
  console.log(`Back to ${said(target)}${from === undefined ? '' : `, from ${said(from)}`}.`)
  process.exit(rollBack(project, target, isDry ? ['--dry-run'] : ['--api', api]))
}

function stop(sentence: string): never {
  console.error(sentence)
  process.exit(2)
}
