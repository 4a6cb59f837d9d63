// The commands of the runbook for leaked keys, run as they stand there; only ports and the state folder are those of the test stack.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { endpoints } from '../support/stack.ts'

const page = readFileSync('docs/runbooks/leaked-key.md', 'utf8')
const commands = [...page.matchAll(/^( *)```sh\n([\s\S]*?)^ *```/gm)].map(([, , text = '']) => text)

const pointed = (script: string): string =>
  script
    .replaceAll('http://127.0.0.1:9099', endpoints.auth)
    .replaceAll('http://127.0.0.1:5001/demo-latchkey/us-central1', endpoints.functions)
    .replaceAll('.local/demo.json', `${endpoints.stateDir}/demo.json`)

describe('the runbook for a leaked key', () => {
  it('C-012 finds, stops, rotates and ends a key, and shows it refused', async () => {
    expect(commands).toHaveLength(7)
    const script = commands.map((command, index) => `echo "@@${index}"\n${pointed(command)}\necho`).join('\n')
    const { stdout } = await promisify(execFile)('bash', ['-eu', '-o', 'pipefail', '-c', script], { timeout: 100_000 })
    const answers = stdout.split(/@@\d\n/)
    expect(answers[3]).toMatch(/"key":"key_[^"]+".*"hint":"lk_api_/)
    expect(JSON.parse(answers[4] ?? '').result).toMatchObject({
      name: 'Drill',
      status: 'active',
      secrets: [{ hint: expect.any(String) }],
    })
    const statuses = [...(answers[5] ?? '').matchAll(/"status":"([a-z]+)"/g)].map(([, status]) => status)
    expect(statuses).toEqual(['disabled', 'active', 'active', 'revoked'])
    expect(JSON.parse(answers[6] ?? '').result).toMatchObject({
      saved: false,
      complete: true,
      keys: expect.any(Number),
    })
    expect(answers[7]?.trim().split('\n')).toEqual(['401', '401'])
  }, 120_000)
})
