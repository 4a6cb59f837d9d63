// Every error code has its page and every page its code, and what a page shows is what the door sends.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ErrorFacts, errorCodes, errorTable, iamError } from '@latchkey/core/kernel/errors'
import { describe, expect, test } from 'vitest'
import { renderProblem } from '../../functions/src/guard/render-error.ts'
import { root } from '../root.ts'

const folder = join(root, 'docs', 'errors')
// The formatter pads the cells of tables; what they say does not depend on it.
const page = (name: string): string => readFileSync(join(folder, `${name}.md`), 'utf8').replace(/ +\|/g, ' |')
const sampleOf = (text: string) => JSON.parse(/```json\n(.+?)\n```/s.exec(text)?.[1] ?? 'null')

test('every code has a page, and every page a code', () => {
  const pages = readdirSync(folder).filter((file) => file !== 'README.md')
  expect(pages.toSorted()).toEqual(errorCodes.map((code) => `${code}.md`).toSorted())
})

test('the table lists every code with its statuses and sentence, in the order of the source', () => {
  const rows = page('README').match(/^\| \[`.*$/gm)
  const wanted = errorCodes.map((code) => {
    const { http, status, sentence } = errorTable[code]
    return `| [\`${code}\`](${code}.md) | ${http} | \`${status}\` | ${sentence} |`
  })
  expect(rows).toEqual(wanted)
})

describe.each(errorCodes)('the page of %s', (code) => {
  const { http, status, sentence } = errorTable[code]

  test('has the title, sentence and statuses of the table', () => {
    expect(page(code).startsWith(`# \`${code}\`\n\n${sentence}\n`)).toBe(true)
    expect(page(code)).toContain(`\n| ${http} | \`${status}\` | `)
    expect(page(code)).toContain(`gets the status \`${status}\``)
  })

  test('shows an answer that the door would send, byte for byte but white space', () => {
    const { type: _, title: __, status: ___, code: ____, requestId, ...facts } = sampleOf(page(code))
    const answer = renderProblem(iamError(code, facts as ErrorFacts), requestId) // the sample's own facts
    expect(JSON.stringify(sampleOf(page(code)))).toBe(answer.body)
    const sent = page(code).match(/`(WWW-Authenticate|Retry-After): [^`]+`/g) ?? []
    for (const header of sent) {
      const [name = '', ...value] = header.slice(1, -1).split(': ')
      expect(answer.headers[name.toLowerCase()]).toBe(value.join(': '))
    }
    expect(sent.length).toBe(['www-authenticate', 'retry-after'].filter((name) => name in answer.headers).length)
  })

  test('has every part, and links only to pages that exist', () => {
    const parts = page(code).match(/^## .*$/gm)
    expect(parts).toEqual(['## When you get it', '## What the answer looks like', '## What to do', '## Related'])
    for (const part of page(code)
      .split(/^## .*$/m)
      .slice(1))
      expect(part.trim().length).toBeGreaterThan(20)
    const links = [...page(code).matchAll(/\]\(([^)]+)\.md\)/g)].map(([, name]) => name)
    expect(links.length).toBeGreaterThan(0)
    expect(links.filter((name) => !errorCodes.some((known) => known === name && known !== code))).toEqual([])
  })
})
