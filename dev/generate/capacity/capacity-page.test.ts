// The capacity page is computed: each counted figure that it stands on changes it, and none that is missing is made up.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../root.ts'
import { capacityPageOf } from './capacity-page.ts'
import { assumed, settings } from './load.ts'
import { readPages } from './read-costs.ts'
import { reasons } from './reasons.ts'

const pages = readPages()
const page = capacityPageOf(pages)
const source = (file: string): string => readFileSync(join(root, file), 'utf8')
const isRow = (line: string): boolean => /^\| `/.test(line)
const nameOf = (line: string): string => line.split(' | ').slice(0, 2).join(' ').replace(/^\| /, '')

const without = (line: string): string =>
  capacityPageOf({ ...pages, background: pages.background.replace(`${line}\n`, '') })
const errorOf = (work: () => unknown): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    return String(error)
  }
}

const rows = pages.background.split('\n').filter(isRow)
const spare = [
  '`sealAudit` a run that finds nothing',
  '`sealAudit` each event more, of the same tenant',
  '`attemptWebhooks` a turn of one delivery',
  '`attemptWebhooks` each delivery more in a turn',
  '`reconcile` a walk over a small platform',
]

describe('the capacity page', () => {
  it('stands on every row of background work but those that are only there to be read', () => {
    const unused = rows.filter((row) => errorOf(() => without(row)) === undefined)
    expect(unused.map(nameOf)).toEqual(spare)
  })

  it('is not made when a row is missing: the error names it', () => {
    const used = rows.filter((row) => !spare.includes(nameOf(row)))
    expect(used.length).toBeGreaterThan(20)
    for (const row of used) {
      const [, work = '', what = ''] = /^\| `(.+?)` \| (.+?) \|/.exec(row) ?? []
      expect(errorOf(() => without(row))).toBe(
        `Error: docs/reference/background-costs.md counts no \`${work}\` (${what}).`,
      )
    }
    const costs = pages.costs.replace(/^\| `facts\/policy`.*\n/m, '')
    expect(errorOf(() => capacityPageOf({ ...pages, costs }))).toBe(
      'Error: docs/reference/costs.md counts no `facts/policy` (an account).',
    )
  })

  it('changes with every figure that it stands on: a read, a write and an operation of KMS', () => {
    const more = (row: string, column: number): string => {
      const cells = row.split(' | ')
      cells[column] = String(Number.parseFloat(cells[column] ?? '') + 7)
      return column === 5 ? `${cells.join(' | ')} |` : cells.join(' | ')
    }
    for (const row of rows.filter((one) => !spare.includes(nameOf(one)) && !one.includes('credentials/exchange')))
      for (const column of [3, 4, 5]) {
        const background = pages.background.replace(row, more(row, column))
        expect(background, `${nameOf(row)} ${column}`).not.toBe(pages.background)
        expect(capacityPageOf({ ...pages, background }), `${nameOf(row)} ${column}`).not.toBe(page)
      }
    const costs = pages.costs.replace('| `facts/policy` | an account | ', '| `facts/policy` | an account | 1')
    expect(capacityPageOf({ ...pages, costs })).not.toBe(page)
  })

  it('says of each assumption what it is and why, and of nothing that it was read from the code', () => {
    for (const { what } of Object.values(reasons)) expect(page).toContain(`| ${what} | `)
    for (const { why } of Object.values(reasons)) expect(page).toContain(` | ${why} |`)
    expect(page).not.toMatch(/reading the code/)
  })

  it('goes by what the product does', () => {
    const said: readonly (readonly [file: string, line: string])[] = [
      ['sdk/src/service/usage/reporter.ts', `everyMilliseconds = ${settings.usage}_000`],
      ['functions/src/rooms/events/follow-changes.ts', `longestStream = minutes(${settings.stream / 60})`],
      ['sdk/src/service/facts/fact-store.ts', `longestLifeMilliseconds = ${settings.cacheLife}_000`],
      ['functions/src/rooms/tenancy/enter-tenant.ts', `viewerLifeSeconds = minutes(${settings.view / 60})`],
      ['functions/src/rooms/credentials/use/note-use.ts', `sampleSeconds = hours(${settings.useSample / 3_600})`],
      ['functions/src/rooms/credentials/use/report-usage.ts', `atOnce = ${settings.usesAtOnce}`],
      [
        'sdk/src/service/usage/notes.ts',
        `toldMilliseconds = ${(settings.useSample * 1_000).toLocaleString('en').replaceAll(',', '_')}`,
      ],
      ['functions/src/platform/each.ts', `comparedAtOnce = ${settings.comparedAtOnce}`],
      ['functions/src/rooms/lifecycle/reconcile.ts', `keepSeconds = secondsOf(${settings.keepPlace})`],
      ['functions/src/guard/doors/single-flight.ts', `runSeconds = minutes(${settings.walking / 60})`],
      [
        'functions/src/platform/store/expiring.ts',
        `'tenants/*/viewers': { end: 'until', keep: hours(${settings.viewLife / 3_600})`,
      ],
    ]
    for (const [file, line] of said) expect(source(file), file).toContain(line)
  })

  it('reckons with no less processor time than the benchmarks measure', () => {
    const perSecond = (contestant: string): number => {
      const line = source('docs/benchmarks.md')
        .split('\n')
        .find((one) => one.startsWith(`| ${contestant} `))
      const [, figure = '', thousands] = /\| *([\d.]+)(k?) *\|/.exec(line ?? '') ?? []
      return Number(figure) * (thousands === 'k' ? 1_000 : 1)
    }
    const { check, storeCall } = assumed.cpuMilliseconds
    expect(check).toBeGreaterThan(1_000 / perSecond('`POST /v1/credentials/verify`, warm'))
    expect(storeCall * 2).toBeGreaterThan(1_000 / perSecond('our cold key'))
  })
})
