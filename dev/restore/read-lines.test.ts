// Lines of the log as they come: a list or one a line, others between them, some of another project, some broken.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLines } from './read-lines.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-lines-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const line = {
  ...{
    severity: 'INFO',
    message: 'audit event',
    event: 'op_1',
    tenant: 'platform',
    type: 'directory.member_suspended',
  },
  ...{ at: '2026-11-22T03:00:00.000Z', targets: ['user:u'], taken: '[{"path":"users/u","gone":true}]', hash: 'h' },
}
const routed = (project: string, jsonPayload: object = line) => ({
  jsonPayload,
  logName: `projects/${project}/logs/run.googleapis.com%2Fstdout`,
})

const read = async (text: string) => {
  const file = join(folder, 'events')
  writeFileSync(file, text)
  return readLines(file, 'latchkey-prod')
}

test.each([
  ['a list', (entries: readonly object[]) => JSON.stringify(entries, null, 2)],
  ['one a line', (entries: readonly object[]) => entries.map((entry) => JSON.stringify(entry)).join('\n')],
])('F-38 reads %s, and leaves out what another project has written into the same bucket', async (_, text) => {
  const entries = [routed('latchkey-prod'), { textPayload: 'audit event' }, routed('latchkey-dev'), line]
  const found = await read(text(entries))
  expect(found).toMatchObject({ broken: [], foreign: 1 })
  expect(found.lines.map(({ taken }) => taken)).toEqual([1, 2].map(() => [{ path: 'users/u', gone: true }]))
})

test('F-38 a line that is cut off, or that says something else than we would, is named', async () => {
  const cut = JSON.stringify(line).slice(0, -20)
  const other = JSON.stringify({ ...line, taken: '[{"path":"users/u","gone"' })
  const { lines, broken } = await read([cut, other].join('\n'))
  expect(lines).toEqual([])
  expect(broken.map((one) => /line (\d)/.exec(one)?.[1])).toEqual(['1', '2'])
})

test('F-38 a line that begins with a bracket is no list', async () => {
  const found = await read(`[info] > ${JSON.stringify(line)}\n`)
  expect(found).toMatchObject({ lines: [{ event: 'op_1' }], broken: [] })
})

test('F-38 says in a sentence which file cannot be read, and which ends in the middle', async () => {
  await expect(readLines(join(folder, 'nowhere'), 'latchkey-prod')).rejects.toThrow(/nowhere cannot be read/)
  await expect(read(JSON.stringify([routed('latchkey-prod')]).slice(0, -2))).rejects.toThrow(/not whole/)
})
