// The examples of all READMEs: each is a plan, shows everything that its module has, and keeps the policies that look at that module.
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../root.ts'
import type { Judged, PlannedResource } from '../policies/plan.ts'
import { policies, productionPolicies } from '../policies/policies.ts'
import { readRunbooks } from '../read-promises.ts'
import { prepareTerraform } from '../run-terraform.ts'
import { seeds } from '../violations/violations.ts'
import { exampleOf, moduleFolders, resourcesIn } from './example-of.ts'
import { keptBy, keptByAll } from './judged-examples.ts'
import { readPlans, resourcesOf } from './read-plans.ts'

const every = { ...policies, ...productionPolicies }
const provider =
  'terraform {\n  required_providers {\n    google = { source = "hashicorp/google" }\n  }\n}\n\nprovider "google" {}\n'
const planned = 'mock_provider "google" {\n  override_during = plan\n}\n\nrun "examples" {\n  command = plan\n}\n'

let resources: readonly PlannedResource[] = []
beforeAll(async () => {
  const terraform = await prepareTerraform(join(root, 'terraform'), 'examples')
  terraform.write(join('examples', 'main.tf'), [provider, ...moduleFolders.map(exampleOf)].join('\n'))
  terraform.write(join('examples', 'tests', 'examples.tftest.hcl'), planned)
  const init = await terraform.run('examples', 'init', '-backend=false')
  if (init.code !== 0) throw new Error(init.output)
  const { code, output } = await terraform.run('examples', 'test', '-json', '-verbose')
  const plan = readPlans(output).get('examples')
  if (code !== 0 || plan === undefined) throw new Error(output)
  resources = resourcesOf(plan)
}, 60_000)

/** A plan of the module and of nothing else. */
const judgedExample = (folder: string): Judged => {
  const name = folder.replace('modules/', '').replaceAll('-', '_')
  return {
    resources: resources.filter(({ address }) => address.startsWith(`module.${name}.`)),
    whenClosed: [],
    settings: {},
    endpoints: {},
    files: {},
    read: [],
    secrets: { renewed: [], given: [] },
    sites: {},
    said: [],
    promises: [],
    runbooks: readRunbooks(),
  }
}

test('every module has an example that is judged, and no other is', () => {
  expect(Object.keys(keptBy).toSorted()).toEqual(moduleFolders)
  const starts = [...new Set([...keptByAll, ...Object.values(keptBy).flat()])]
  expect(starts.filter((start) => Object.keys(every).filter((name) => name.startsWith(start)).length !== 1)).toEqual([])
})

describe.each(moduleFolders)('the example of %s', (folder) => {
  test('plans each resource that the module has', () => {
    const addresses = judgedExample(folder).resources.map(({ address }) => address.replace(/\[.*/, ''))
    const own = folder === 'modules/latchkey' ? moduleFolders.flatMap(resourcesIn) : resourcesIn(folder)
    expect(own.length).toBeGreaterThan(0)
    expect(own.filter((one) => !addresses.some((address) => address.endsWith(`.${one}`)))).toEqual([])
  })

  test.each([...keptByAll, ...(keptBy[folder] ?? [])])('keeps %s, and would not with a violation of it', (start) => {
    const example = judgedExample(folder)
    const [, policy] = Object.entries(every).find(([name]) => name.startsWith(start)) ?? []
    expect(policy?.(example)).toEqual([])
    const tried = Object.entries(seeds).filter(([name]) => start.startsWith(name) || name.startsWith(start))
    const found = tried.flatMap(([, of]) => of.flatMap(([, seed]) => policy?.(seed(example)) ?? []))
    expect(found).not.toEqual([])
  })
})
