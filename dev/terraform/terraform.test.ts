// Our Terraform, as far as a machine without a cloud can prove it: format, types, tests, and every policy beside a violation of it that is refused.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { root } from '../root.ts'
import { grantsOf } from './grants.ts'
import { judgeEnvironment } from './judge-environment.ts'
import type { Judged } from './policies/plan.ts'
import { policies, productionPolicies } from './policies/policies.ts'
import { prepareTerraform, type Terraform } from './run-terraform.ts'
import { account, added, project } from './violations/changed-plan.ts'
import { seeds } from './violations/violations.ts'

const files = join(root, 'terraform')
const modules = globSync('modules/*', { cwd: files }).toSorted()
const environments = ['dev', 'prod'] as const

const left = (): readonly string[] =>
  globSync('terraform/**/{.terraform.lock.hcl,*.tfstate*,.terraform}', { cwd: root })
const leftBefore = left()

let terraform: Terraform
const judged = new Map<string, Judged>()
const planOf = (environment: string): Judged => {
  const plan = judged.get(environment)
  if (plan === undefined) throw new Error(`There is no plan of ${environment}.`)
  return plan
}

beforeAll(async () => {
  terraform = await prepareTerraform(files, 'check')
  for (const environment of environments) {
    const { code, output } = await terraform.run(join('environments', environment), 'init', '-backend=false')
    if (code !== 0) throw new Error(output)
    judged.set(environment, await judgeEnvironment(terraform, environment))
  }
}, 120_000)

describe('the files', () => {
  test('are formatted', async () => {
    expect(await terraform.run('.', 'fmt', '-check', '-recursive')).toEqual({ code: 0, output: '' })
  })

  test.each(environments)(
    '%s is valid',
    async (environment) => {
      const { code, output } = await terraform.run(join('environments', environment), 'validate')
      expect(code, output).toBe(0)
    },
    60_000,
  )

  test('a misspelt argument, a missing one and a wrong type are found, with file and line', async () => {
    const scratch = await prepareTerraform(join(root, 'dev', 'terraform', 'wrong'), 'wrong')
    await scratch.run('.', 'init', '-backend=false')
    const { code, output } = await scratch.run('.', 'validate')
    expect(code).not.toBe(0)
    for (const sign of [
      'Unsupported argument',
      'Missing required argument',
      'Incorrect attribute value type',
      'main.tf line',
    ])
      expect(output).toContain(sign)
  }, 60_000)

  test('nothing that we do leaves a lock file or a state beside them; an operator’s own stay', () => {
    expect(left()).toEqual(leftBefore)
  })

  test('every module says what it is for, what it wants and what it gives', () => {
    const missing = modules.flatMap((module) =>
      ['README.md', 'main.tf', 'variables.tf', 'outputs.tf', 'versions.tf'].filter(
        (name) => !globSync(join(module, '*'), { cwd: files }).includes(join(module, name)),
      ),
    )
    expect(missing).toEqual([])
    expect(dirname(modules[0] ?? '')).toBe('modules')
  })
})

const every = { ...policies, ...productionPolicies }

describe.each(environments)('the plan of %s', (environment) => {
  test.each(Object.entries(environment === 'prod' ? every : policies))('%s', (_name, policy) => {
    expect(policy(planOf(environment))).toEqual([])
  })
})

const goldenGrants = join(root, 'dev', 'terraform', 'grants.golden.json')

test('C-153 I-88 each grant is in the list that was reviewed (`UPDATE_REFERENCE=1` writes it anew), in every environment', () => {
  const found = grantsOf(planOf('prod'))
  if (process.env['UPDATE_REFERENCE'] !== undefined)
    writeFileSync(goldenGrants, `${JSON.stringify(found, undefined, 2)}\n`)
  const reviewed: unknown = JSON.parse(readFileSync(goldenGrants, 'utf8'))
  for (const environment of environments) expect(grantsOf(planOf(environment))).toEqual(reviewed)
  const member = account('oauth')
  const more = added('google_project_iam_member', { project, role: 'roles/bigquery.user', member })(planOf('prod'))
  expect(grantsOf(more)).not.toEqual(reviewed)
})

describe('a violation', () => {
  test('of every policy is tried', () => {
    const tried = Object.keys(seeds)
    expect(Object.keys(every).filter((name) => !tried.some((start) => name.startsWith(start)))).toEqual([])
  })

  const cases = Object.entries(seeds).flatMap(([start, of]) => of.map(([what, seed]) => [start, what, seed] as const))
  test.each(cases)('of %s is refused: %s', (start, _what, seed) => {
    const found = Object.entries(every).filter(([name]) => name.startsWith(start))
    expect(found).toHaveLength(1)
    for (const [, policy] of found) expect(policy(seed(planOf('prod')))).not.toEqual([])
  })
})
