// The guide to webhooks: its receiver, run as it stands there, believes what Latchkey sends and nothing else.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { pauses } from '@latchkey/core/webhooks/attempts'
import { createWebhookInput } from '@latchkey/core/webhooks/contract'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { makeWay, type Way } from '../events/support.ts'
import type { Actor } from '../support/world.ts'

const text = readFileSync('docs/guides/webhooks.md', 'utf8')
const blocks = (language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block)

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

let way: Way
let owner: Actor
let agency: string
let port: number
let folder: string
let receiver: ChildProcess | undefined
let said = ''

beforeAll(async () => {
  port = await freePort()
  way = await makeWay([], { env: { LK_WEBHOOK_ALLOW: `127.0.0.1:${port}` } })
  agency = await way.world.agency('Guided', 'olivia')
  owner = await way.world.person('olivia')
  await way.pump()
  mkdirSync('.build', { recursive: true })
  folder = mkdtempSync(join('.build', 'hooks-')) // inside the repository: the libraries are found there
}, 60_000)
afterAll(async () => {
  receiver?.kill()
  rmSync(folder, { recursive: true })
  await way.world.close()
})

const start = async (secret: string): Promise<void> => {
  const [script = ''] = blocks('js')
  writeFileSync(join(folder, 'receiver.mjs'), script)
  const env = { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) }
  receiver = spawn(process.execPath, [join(folder, 'receiver.mjs')], { env })
  receiver.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await vi.waitFor(() => expect(said).toContain('listening'), { timeout: 20_000 })
}

it('leads to a receiver that takes what is signed, once, and refuses everything else', async () => {
  const url = `http://127.0.0.1:${port}/latchkey`
  const { webhook, secret } = await owner.must('webhooks/create', {
    ...createWebhookInput.parse({ ...JSON.parse(blocks('json')[0] ?? ''), tenant: agency }),
    url,
  })
  await start(secret)
  await owner.must('roles/assign', {
    tenant: agency,
    principal: { service: (await owner.must('members/createService', { tenant: agency, name: 'Robot' })).service },
    role: 'agency.verifier',
    reach: 'subtree',
  })
  await way.pump()
  const { items } = await owner.must('webhooks/deliveries', { tenant: agency, webhook: webhook.webhook })
  expect(items.map(({ status, type }: { status: string; type: string }) => [type, status])).toEqual([
    ['access.role_assigned', 'delivered'],
    ['directory.service_created', 'delivered'],
  ])
  for (const { delivery } of items)
    await owner.must('webhooks/redeliver', { tenant: agency, webhook: webhook.webhook, delivery })
  await way.work()
  expect(said.match(/^(access|directory)\./gm)).toHaveLength(2)
  expect(said).toContain(`directory.service_created ${agency} service:svc_`)
  const forged = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': `op_${'0'.repeat(22)}`,
      'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
      'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
    },
    body: '{"type":"access.role_assigned","data":{"tenant":"x","targets":[]}}',
  })
  expect(forged.status).toBe(400)
}, 60_000)

it('names the pauses that are kept', () => {
  const words = pauses.map((seconds) =>
    seconds < 60 ? `${seconds} s` : seconds < 3_600 ? `${seconds / 60} min` : `${seconds / 3_600} h`,
  )
  expect(words).toEqual(['5 s', '1 min', '5 min', '30 min', '2 h', '4 h', '6 h', '10 h'])
  expect(text).toContain('after 5 seconds, 1, 5 and 30 minutes, 2, 4, 6 and 10 hours')
})
