// The controls of `docs/compliance.md`, and what the last test run says of each.

export interface Control {
  readonly chapter: string
  readonly name: string
  readonly ids: readonly string[]
  readonly commands: readonly string[]
}

export interface TestResult {
  readonly name: string
  readonly file: string
  readonly status: string
}

export interface Proven extends Control {
  /** `failed` when any of its tests failed, `missing` when an id has none that passed, `by hand` when a command alone proves it, `to come` when nothing does. */
  readonly standing: 'passed' | 'failed' | 'missing' | 'by hand' | 'to come'
  readonly tests: readonly TestResult[]
  readonly without: readonly string[]
}

const idPattern = /\b(?:C-\d{3}|[IFT]-\d{1,3}|INV-\d{1,2}|P\d{1,2})\b/g

export const readControls = (markdown: string): readonly Control[] => {
  let chapter = ''
  return markdown.split('\n').flatMap((line) => {
    chapter = /^## (.+)$/.exec(line)?.[1] ?? chapter
    const [, name, , evidence] = line.split('|').map((cell) => cell.trim())
    const isRow = line.startsWith('|') && name !== undefined && name !== 'control' && !/^:?-+:?$/.test(name)
    if (!isRow || evidence === undefined) return []
    const ids = evidence.match(idPattern) ?? []
    return [
      { chapter, name, ids, commands: [...evidence.matchAll(/`(npm [^`]+)`/g)].map(([, command = '']) => command) },
    ]
  })
}

const named = (id: string): RegExp => new RegExp(`(?<![\\w-])${id}(?![\\w-])`)

export const prove = (controls: readonly Control[], results: readonly TestResult[]): readonly Proven[] =>
  controls.map((control) => {
    const tests = results.filter(({ name }) => control.ids.some((id) => named(id).test(name)))
    // A test that was skipped proves nothing.
    const passed = tests.filter(({ status }) => status === 'passed')
    const without = control.ids.filter((id) => !passed.some(({ name }) => named(id).test(name)))
    return { ...control, tests, without, standing: standingOf(control, tests, without) }
  })

const standingOf = (
  { ids, commands }: Control,
  tests: readonly TestResult[],
  without: readonly string[],
): Proven['standing'] => {
  if (tests.some(({ status }) => status === 'failed')) return 'failed'
  if (without.length > 0) return 'missing'
  if (ids.length > 0) return 'passed'
  return commands.length > 0 ? 'by hand' : 'to come'
}
