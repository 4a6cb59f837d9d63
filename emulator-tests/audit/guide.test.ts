// The guide to verifying the audit log, run as it stands there; only addresses and folders are the test's. And the export itself, as it is served.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Served, serve } from '../support/framework.ts'
import type { Actor } from '../support/world.ts'
import { type LoggedWorld, loggedWorld, seal, verified } from './support/log.ts'

const text = readFileSync('docs/guides/verify-the-audit-log.md', 'utf8')
const commands = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block)

describe('an export', () => {
  let world: LoggedWorld
  let served: { readonly api: Served; readonly oauth: Served }
  let tenant: string
  let key: string
  let nora: Actor
  let folder: string
  beforeAll(async () => {
    world = await loggedWorld()
    tenant = await world.agency('Northwind', 'nora')
    nora = await world.person('nora')
    await world.platformOwner()
    key = (await nora.must('apiKeys/create', { tenant, name: 'Auditor', scopes: ['audit-logs.export'] })).secret
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 4; index++)
        await nora.must('teams/create', { tenant, name: `Team ${round} ${index}` })
      await seal(world.app)
    }
    const env = { GCLOUD_PROJECT: world.projectId, LK_TRUSTED_HOPS: '0' }
    served = { api: await serve('api', env), oauth: await serve('oauth', env) }
    mkdirSync('.build', { recursive: true })
    folder = mkdtempSync(join('.build', 'guide-'))
  }, 120_000)
  afterAll(async () => {
    served.api.kill()
    served.oauth.kill()
    rmSync(folder, { recursive: true })
    await world.close()
  })

  const exported = async (query: string, secret = key) => {
    const response = await fetch(`${served.api.origin}/v1/audit/export?${query}`, {
      headers: { authorization: `Bearer ${secret}` },
    })
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
  }
  const linesIn = (body: string) =>
    body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))

  it('C-148 is streamed as lines, in parts that fit together, and an outsider verifies them', async () => {
    const whole = await exported(`tenant=${tenant}`)
    expect(whole).toMatchObject({ status: 200, type: expect.stringContaining('application/x-ndjson') })
    expect(await verified(world, linesIn(whole.text))).toMatchObject({ tenant, faults: [] })
    const rest = linesIn((await exported(`tenant=${tenant}&after=1`)).text)
    const report = await verified(world, rest)
    expect(report).toMatchObject({ tenant, faults: [] })
    expect(report.after).toBeGreaterThan(0)
  })

  it('is had of an account, too, by whoever holds the right at its agency for what is below; the account sees it', async () => {
    const { tenant: account } = await nora.must('tenants/create', { parent: tenant, name: 'Corner Shop' })
    await nora.must('members/invite', {
      tenant: account,
      email: 'm@people.example',
      role: 'account.viewer',
      reach: 'subtree',
    })
    await seal(world.app)
    const { status, text: body } = await exported(`tenant=${account}`)
    expect(status, body).toBe(200)
    expect(await verified(world, linesIn(body))).toMatchObject({ tenant: account, faults: [] })
    const { items } = await nora.must('audit/search', { tenant: account, type: 'audit.exported' })
    expect(items).toHaveLength(1)
  })

  it('C-149 is refused to a stranger as if there were no such tenant, and of a place that is none', async () => {
    const other = await world.agency('Southwind', 'sue')
    const sue = await world.person('sue')
    const stranger = { tenant: other, name: 'Auditor', scopes: ['audit-logs.export'] }
    const { secret: foreign } = await sue.must('apiKeys/create', stranger)
    expect(await exported(`tenant=${other}`, foreign)).toMatchObject({ status: 200 })
    const [refused, unknown] = [
      await exported(`tenant=${tenant}`, foreign),
      await exported(`tenant=agy_${'0'.repeat(22)}`),
    ]
    const bare = (body: string) => ({ ...JSON.parse(body), requestId: '', instance: '' })
    expect([refused.status, unknown.status]).toEqual([404, 404])
    expect(bare(refused.text)).toEqual(bare(unknown.text))
    expect(await exported(`tenant=${tenant}&after=999`)).toMatchObject({ status: 400 })
    expect(await exported(`tenant=${tenant}`, 'lk_api_nonsense')).toMatchObject({ status: 401 })
    const { secret } = await nora.must('apiKeys/create', { tenant, name: 'Reader', scopes: ['audit-logs.readonly'] })
    expect(await exported(`tenant=${tenant}`, secret)).toMatchObject({ status: 403 })
  })

  it('C-148 is taken out and proven by the commands of the guide', async () => {
    expect(commands).toHaveLength(4)
    const { items } = await nora.must('audit/search', { tenant, type: 'directory.team_created' })
    const redacted = { tenant, event: items[0].event, fields: ['details.name'], reason: 'asked for by the person' }
    await nora.must('audit/redact', redacted)
    await seal(world.app)
    const script = commands
      .join('echo "@@"\n')
      .replace('FUNCTIONS=http://127.0.0.1:5001/demo-latchkey/us-central1', '')
      .replaceAll('$FUNCTIONS/api', served.api.origin)
      .replaceAll('$FUNCTIONS/oauth', served.oauth.origin)
      .replaceAll('npm run --silent verify-audit --', 'node dev/verify-audit.ts')
      .replaceAll('.local/anchors', world.folder)
      .replaceAll('.local/audit', folder)
    const { stdout } = await promisify(execFile)('bash', ['-eu', '-o', 'pipefail', '-c', script], {
      timeout: 60_000,
      env: { ...process.env, KEY: key, TENANT: tenant },
    })
    const [, proven = '', short = '', anchored = ''] = stdout.split('@@\n')
    expect(proven).toContain('whole: nothing was changed')
    expect(proven).toMatch(new RegExp(`taken out at position \\d+ \\(${redacted.event}\\): details.name\n`))
    expect(short).toMatch(/removed at position 1 \(op_\w+\): .*\nNOT whole\nfound out/)
    expect(anchored).toMatch(/[1-9]\d* seals of the second place compared\ntaken out .*\nwhole/)
  }, 90_000)
})
