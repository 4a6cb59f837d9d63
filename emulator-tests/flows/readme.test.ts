// The commands of the README, run as they stand there; only ports and the state folder are those of the test stack.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { endpoints } from '../support/stack.ts'

const section = /## Five minutes with it([\s\S]*?)\n## /.exec(readFileSync('README.md', 'utf8'))?.[1] ?? ''
const commands = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text)

const pointed = (script: string): string =>
  script
    .replaceAll('http://127.0.0.1:9099', endpoints.auth)
    .replaceAll('http://127.0.0.1:5001/demo-latchkey/us-central1', endpoints.functions)
    .replaceAll('.local/demo.json', `${endpoints.stateDir}/demo.json`)

describe('the README', () => {
  it('shows commands that create, verify, explain, revoke and refuse with curl alone', async () => {
    expect(commands).toHaveLength(5)
    const script = commands.map((command, index) => `echo "@@${index}"\n${pointed(command)}\necho`).join('\n')
    const { stdout } = await promisify(execFile)('bash', ['-eu', '-o', 'pipefail', '-c', script], { timeout: 100_000 })
    const answers = stdout.split(/@@\d\n/)
    expect(answers[2]).toMatch(/"secret":"lk_api_/)
    expect(JSON.parse(answers[3] ?? '')).toMatchObject({
      active: true,
      scopes: ['contacts.readonly'],
      permissions: [
        { permission: 'contacts.read', allowed: true },
        { permission: 'contacts.delete', allowed: false, code: 'scope_missing' },
      ],
    })
    expect(JSON.parse(answers[4] ?? '').result).toMatchObject({ allowed: false, fixes: [{ kind: 'assign_role' }] })
    expect(answers[5]).toContain('"status":"revoked"')
    expect(answers[5]).toContain('{"active":false,"code":"invalid_token"}')
  }, 120_000)
})
