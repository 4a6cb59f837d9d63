/** The command line as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Clients, connect, PROJECT } from './testing/official-clients.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

let folder: string
const children = new Set<ChildProcess>()
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-main-'))
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
  rmSync(folder, { recursive: true })
})

function run(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  return child
}

/** Waits for the ready line. */
async function start(...args: string[]) {
  const child = run(...args)
  const [line]: string[] = await once(createInterface(child.stdout), 'line')
  const [, port, control] = /^ready grpc=127\.0\.0\.1:(\d+) control=(\S+)$/.exec(line ?? '') ?? []
  return { port: Number(port), control: control ?? '', end: (signal: NodeJS.Signals) => end(child, signal) }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number> {
  child.kill(signal)
  const [code]: number[] = await once(child, 'exit')
  return code ?? -1
}

/** @returns the exit code and what was said, of a start that must fail. */
async function failure(...args: string[]): Promise<{ code: number; said: string }> {
  const child = run(...args)
  const said = text(child.stderr)
  const [code]: number[] = await once(child, 'exit')
  return { code: code ?? -1, said: await said }
}

async function withClients<T>(port: number, body: (clients: Clients) => Promise<T>): Promise<T> {
  const clients = connect(port)
  try {
    return await body(clients)
  } finally {
    await Promise.all([clients.kms.close(), clients.secrets.close()])
  }
}

const createSecret = ({ secrets }: Clients, secretId: string) =>
  secrets.createSecret({ parent: PROJECT, secretId, secret: { replication: { automatic: {} } } })

it.each(['SIGINT', 'SIGTERM'] as const)(
  'serves until %s, ends with 0 even with clients connected, and keeps its state',
  async (signal) => {
    const first = await start('--state', folder)
    const [created] = await withClients(first.port, async (clients) => {
      const created = await createSecret(clients, 'kept')
      expect(await first.end(signal)).toBe(0)
      return created
    })
    const second = await start('--state', folder)
    const [found] = await withClients(second.port, ({ secrets }) => secrets.getSecret({ name: created.name ?? '' }))
    expect(found).toEqual(created)
  },
)

it('lives at the time that the clock file sets', async () => {
  const path = join(folder, 'offset')
  const { port } = await start('--clock-file', path)
  await withClients(port, async (clients) => {
    const timeOf = async (id: string) => Number((await createSecret(clients, id))[0].createTime?.seconds) * 1000
    expect(Math.abs((await timeOf('today')) - Date.now())).toBeLessThan(60_000)
    writeFileSync(path, String(86_400_000))
    expect(Math.abs((await timeOf('tomorrow')) - Date.now() - 86_400_000)).toBeLessThan(60_000)
  })
})

it('serves the control endpoint where the ready line says', async () => {
  const { control } = await start()
  expect(await (await fetch(control)).json()).toEqual({ faults: [], calls: {} })
})

it.each(['--port', '--control-port'])('says in one sentence that the %s is taken, and ends with 1', async (option) => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const address = holder.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const { code, said } = await failure(option, String(port))
  holder.close()
  expect(code).toBe(1)
  expect(said).toMatch(new RegExp(`^emulators: Port ${port} on 127\\.0\\.0\\.1 is taken, so the .+\\n$`))
})

it.each([
  [['--host', '0.0.0.0'], 'These emulators listen on 127.0.0.1 only; --host 0.0.0.0 is refused.'],
  [['--host', '::'], 'These emulators listen on 127.0.0.1 only; --host :: is refused.'],
  [['--port', 'http'], "--port must be a port number, not 'http'."],
  [['--port', '70000'], "--port must be a port number, not '70000'."],
  [['--stat', 'folder'], "Unknown option '--stat'"],
])('refuses %j with one sentence and ends with 1', async (args, sentence) => {
  const { code, said } = await failure(...args)
  expect(code).toBe(1)
  expect(said).toContain(`emulators: ${sentence}`)
  expect(said.trim().split('\n')).toHaveLength(1)
})
