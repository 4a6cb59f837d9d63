// The commands of the runbooks, run as they stand there; only ports are those of the test stack.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { jobNames } from '@latchkey/core/lifecycle/jobs'
import { describe, expect, it } from 'vitest'
import { endpoints } from '../support/stack.ts'

const commandsOf = (name: string): readonly string[] =>
  [...readFileSync(`docs/runbooks/${name}.md`, 'utf8').matchAll(/^( *)```sh\n([\s\S]*?)^ *```/gm)].map(
    ([, indent = '', text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  )

const pointed = (script: string): string =>
  script
    .replaceAll('http://127.0.0.1:9099', endpoints.auth)
    .replaceAll('http://127.0.0.1:5005', endpoints.id)
    .replaceAll('http://127.0.0.1:5001/demo-latchkey/us-central1', endpoints.functions)

/** What each block printed. */
const run = async (name: string): Promise<readonly string[]> => {
  const script = commandsOf(name)
    .map((command, index) => `echo "@@${index}"\n${pointed(command)}\necho`)
    .join('\n')
  const { stdout } = await promisify(execFile)('bash', ['-eu', '-o', 'pipefail', '-c', script], { timeout: 100_000 })
  return stdout.split(/@@\d\n/).slice(1)
}
const resultOf = (answer: string | undefined) => JSON.parse(answer ?? '').result

describe('the runbooks', () => {
  it('rotate-now: shows, tries out, rotates and checks', async () => {
    const [, shown, tried, rotated, set] = await run('rotate-now')
    const [ring] = resultOf(shown).rings
    const kidIn = (state: string) => ring.keys.find((key: { state: string }) => key.state === state).kid
    const expected = { purpose: 'access', before: kidIn('active'), active: kidIn('published') }
    expect(resultOf(tried)).toEqual({ ...expected, saved: false })
    expect(resultOf(rotated)).toMatchObject({ ...expected, saved: true })
    expect(set).toMatch(/cache-control: public, max-age=600, s-maxage=0/i)
    for (const kid of [expected.before, expected.active]) expect(set).toContain(kid)
  }, 120_000)

  it('F-04 compromised-signing-key: finds the key, declares it, and it is gone', async () => {
    const [, kid = '', declared, gone, others = '', left = ''] = await run('compromised-signing-key')
    expect(kid.trim()).toMatch(/^access-/)
    expect(resultOf(declared)).toMatchObject({ purpose: 'access', saved: true, before: kid.trim() })
    expect(resultOf(declared).active).not.toBe(kid.trim())
    expect(gone).toContain('gone')
    expect(gone).toContain(`"kid":"${kid.trim()}","state":"retired"`)
    // Active and standby of two purposes, at least; what signs now is none of them.
    const answers = others.trim().split('\n').map(resultOf)
    expect(answers.length).toBeGreaterThanOrEqual(4)
    for (const answer of answers) expect(answer).toMatchObject({ saved: true })
    expect(left.match(/ is gone$/gm)).toHaveLength(answers.length)
    expect(left).not.toContain('still there')
    const signing = [...left.matchAll(/"kid":"([^"]*)","state":"active"/g)].map(([, one = '']) => one)
    expect(signing.map((one) => one.split('-')[0])).toEqual(['access', 'id', 'seal'])
    for (const one of signing) expect(left).not.toContain(`${one} is gone`)
  }, 120_000)

  it('jobs-and-parked-messages: shows every job and what is parked, and asks for a run', async () => {
    const [, shown, parked, asked] = await run('jobs-and-parked-messages')
    expect(resultOf(shown).jobs.map(({ job }: { job: string }) => job)).toEqual([...jobNames])
    expect(resultOf(parked)).toMatchObject({ items: expect.any(Array) })
    expect(resultOf(asked)).toMatchObject({ job: 'sweepExpired', asked: expect.stringMatching(/^op_/) })
  }, 120_000)
})
