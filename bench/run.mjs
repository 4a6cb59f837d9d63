// Starts a benchmark: installs the peers when the bench lockfile has changed, then hands over to `bench/<name>/main.ts`.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const marker = join(here, 'node_modules', '.latchkey-lock')
const windows = process.platform === 'win32'
const node = join(dirname(here), 'node_modules', '.bin', windows ? 'node.cmd' : 'node')
const [name, ...rest] = process.argv.slice(2)
const script = join(here, name ?? '', 'main.ts')

if (!name || !existsSync(script)) fail(`There is no benchmark "${name ?? ''}".`)
if (!existsSync(node)) fail('Install the repository first: npm install')
installPeers()
const flags = ['--expose-gc', '--max-old-space-size=4096']
process.exit(spawnSync(node, [...flags, script, ...rest], { stdio: 'inherit', shell: windows }).status ?? 1)

function installPeers() {
  const lock = readFileSync(join(here, 'package-lock.json'))
  const wanted = createHash('sha256').update(lock).digest('hex')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return
  console.log('Installing the peers (only when the lockfile of bench/ has changed)…')
  const quiet = ['--workspaces=false', '--legacy-peer-deps', '--no-audit', '--no-fund', '--loglevel=error']
  const run = spawnSync('npm', ['ci', ...quiet], { cwd: here, stdio: 'inherit', shell: windows })
  if (run.status !== 0) fail('The peers could not be installed.')
  writeFileSync(marker, wanted)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
