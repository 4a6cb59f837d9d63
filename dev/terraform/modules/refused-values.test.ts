// What a variable refuses, it is seen to refuse: each `validation` block of each folder, beside a value that passes all of them.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { root } from '../../root.ts'
import { prepareTerraform, type Terraform } from '../run-terraform.ts'
import { validValues } from './example-of.ts'
import { refusedValues } from './refused-values.ts'

const files = join(root, 'terraform')

/** Folder → lines at which a `validation` block begins. */
const blocks = new Map(
  globSync('{modules,environments}/*/variables.tf', { cwd: files })
    .toSorted()
    .map((file) => {
      const lines = readFileSync(join(files, file), 'utf8').split('\n')
      return [dirname(file), lines.flatMap((line, index) => (line === '  validation {' ? [index + 1] : []))] as const
    })
    .filter(([, lines]) => lines.length > 0),
)

interface Said {
  readonly type?: string
  readonly '@testfile'?: string
  readonly diagnostic?: { readonly severity: string; readonly detail: string }
}

let terraform: Terraform
beforeAll(async () => {
  terraform = await prepareTerraform(files, 'values')
})

const testOf = (valid: string, refused: string): string =>
  `variables {\n${valid}\n}\n\nrun "seed" {\n  command = plan\n  variables {\n    ${refused}\n  }\n}\n`

/** Of each value, the lines of the blocks that refused it, and whatever else was said against it. The variables stand alone, so nothing but their blocks refuses. */
const refusalsOf = async (folder: string, values: readonly string[]): Promise<readonly (readonly string[])[]> => {
  const scratch = join('alone', folder)
  terraform.write(join(scratch, 'variables.tf'), readFileSync(join(files, folder, 'variables.tf'), 'utf8'))
  for (const [index, value] of values.entries())
    terraform.write(join(scratch, 'tests', `${index}.tftest.hcl`), testOf(validValues(folder), value))
  const { output } = await terraform.run(scratch, 'test', '-json')
  const said = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Said] : []))
  return values.map((_, index) =>
    said
      .filter((line) => line['@testfile'] === `tests/${index}.tftest.hcl` && line.diagnostic?.severity === 'error')
      .map(({ diagnostic }) => {
        const detail = diagnostic?.detail ?? ''
        return /validation rule at variables\.tf:(\d+),/.exec(detail)?.[1] ?? detail
      }),
  )
}

test('every folder with rules for its values has values that break them', () => {
  expect(Object.keys(refusedValues).toSorted()).toEqual([...blocks.keys()].toSorted())
})

test.each([...blocks])(
  'C-154 C-151 each rule for the values of %s refuses something, and its example nothing',
  async (folder, lines) => {
    const values = refusedValues[folder] ?? []
    const [allowed, ...refused] = await refusalsOf(folder, ['', ...values])
    expect(allowed).toEqual([])
    const found = refused.map((by, index) => [values[index], by] as const)
    expect(found.filter(([, by]) => by.length !== 1)).toEqual([])
    expect([...new Set(refused.flat())].map(Number).toSorted((one, other) => one - other)).toEqual(lines)
  },
)
