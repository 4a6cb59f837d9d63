// Starts a mutation run: installs Stryker when its lockfile has changed, then mutates the decision core and runs its fast tests.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const repository = dirname(here)
const marker = join(here, 'node_modules', '.latchkey-lock')
const windows = process.platform === 'win32'
const node = join(repository, 'node_modules', '.bin', windows ? 'node.cmd' : 'node')
const stryker = join(here, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js')

if (!existsSync(node)) fail('Install the repository first: npm install')
installStryker()
// Further arguments are Stryker's own, as in `npm run mutate -- --mutate core/src/access/reach.ts`.
const args = [stryker, 'run', join('mutation', 'stryker.config.json'), ...process.argv.slice(2)]
process.exit(spawnSync(node, args, { cwd: repository, stdio: 'inherit', shell: windows }).status ?? 1)

function installStryker() {
  const lock = readFileSync(join(here, 'package-lock.json'))
  const wanted = createHash('sha256').update(lock).digest('hex')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return
  console.log('Installing Stryker (only when the lockfile of mutation/ has changed)…')
  const quiet = ['--workspaces=false', '--omit=peer', '--no-audit', '--no-fund', '--loglevel=error']
  const run = spawnSync('npm', ['ci', ...quiet], { cwd: here, stdio: 'inherit', shell: windows })
  if (run.status !== 0) fail('Stryker could not be installed.')
  writeFileSync(marker, wanted)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
