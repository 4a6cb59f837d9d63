// Runs before anything is installed, on any Node from 20: installs what the lockfile asks for, then hands over to `dev/<command>.ts`.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const marker = join(modules, '.latchkey-lock')
const node = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
const [command, ...rest] = process.argv.slice(2)
const script = join(root, 'dev', `${command}.ts`)

if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`Node 20 or later is needed to start; this is ${process.version}.`)
if (!command || !existsSync(script)) fail(`There is no command "${command ?? ''}".`)
installWhenNeeded()
handOver()

function installWhenNeeded() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const have = existsSync(marker) ? readFileSync(marker, 'utf8') : ''
  if (have === wanted && existsSync(node)) return
  if (installedByHand()) return writeFileSync(marker, wanted)
  console.log('Installing dependencies (a minute or two, only when the lockfile has changed)…')
  const began = Date.now()
  // npm ci refuses a lockfile that lacks the optional packages of other platforms; npm install takes it for what it holds.
  const clean = npm('ci')
  const run = clean.status !== 0 && /EUSAGE/.test(clean.stderr) ? npm('install', '--no-save') : clean
  if (run.status !== 0) fail(explain(run.stderr))
  writeFileSync(marker, wanted)
  console.log(`Installed in ${Math.round((Date.now() - began) / 1000)} s.`)
}

/** npm writes down what it installed; when that is what the lockfile asks for, somebody ran `npm install` already. */
function installedByHand() {
  const record = join(modules, '.package-lock.json')
  if (!existsSync(record) || !existsSync(node)) return false
  const have = JSON.parse(readFileSync(record, 'utf8')).packages
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const agrees = ([path, { version, link, optional, devOptional }]) =>
    path === '' ||
    link ||
    !path.includes('node_modules/') ||
    have[path]?.version === version ||
    ((optional || devOptional) && !have[path])
  return Object.entries(want).every(agrees)
}

function npm(...args) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' }
  const run = spawnSync('npm', [...args, ...quiet], options)
  if (run.error) fail('npm was not found: install Node.js with npm from https://nodejs.org.')
  return run
}

function explain(output) {
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network/.test(output)
  if (offline) return 'npm could not reach its registry: connect to the network once, then run this again.'
  return `npm ci failed: ${output.trim().split('\n').slice(-12).join('\n')}`
}

function handOver() {
  const child = spawn(node, [script, ...rest], { cwd: root, stdio: 'inherit' })
  // A terminal signals the whole group, a supervisor only this process; the commands take a repeated signal as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('error', (error) => fail(`${node} does not start: ${error.message}`))
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
  })
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
