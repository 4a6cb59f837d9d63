// Plans an environment with no cloud at hand, and puts together what the policies look at.
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { goldenManifestFile } from '../checks/functions-deploy.ts'
import { root } from '../root.ts'
import type { Judged, PlannedResource } from './policies/plan.ts'
import type { Terraform } from './run-terraform.ts'

interface TestLine {
  readonly type?: string
  readonly test_plan?: {
    readonly output_changes: Readonly<Record<string, { readonly after?: unknown }>>
    readonly resource_changes: readonly {
      readonly type: string
      readonly address: string
      readonly change: { readonly after: Readonly<Record<string, unknown>> | null }
    }[]
  }
}

/** Throws with what Terraform said when the environment's own tests fail. */
export const judgeEnvironment = async (terraform: Terraform, environment: string): Promise<Judged> => {
  const where = join('environments', environment)
  const { code, output } = await terraform.run(where, 'test', '-json', '-verbose')
  const lines = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as TestLine] : []))
  const plan = lines.find(({ type }) => type === 'test_plan')?.test_plan
  if (code !== 0 || plan === undefined) throw new Error(output)
  return {
    resources: plan.resource_changes.flatMap(({ type, address, change }): readonly PlannedResource[] =>
      change.after === null ? [] : [{ type, address, after: change.after }],
    ),
    settings: (plan.output_changes['settings']?.after ?? {}) as Judged['settings'], // a map, by its definition
    endpoints: (JSON.parse(readFileSync(goldenManifestFile, 'utf8')) as Pick<Judged, 'endpoints'>).endpoints,
    files: terraformFiles(),
    read: settingsRead(),
    runbooks: globSync('*.md', { cwd: join(root, 'docs', 'runbooks') }).map((file) => basename(file, '.md')),
  }
}

const terraformFiles = (): Judged['files'] =>
  Object.fromEntries(
    globSync('terraform/**/*.tf', { cwd: root }).map((file) => [file, readFileSync(join(root, file), 'utf8')]),
  )

/** By their names in what reads the environment. */
const settingsRead = (): readonly string[] => {
  const text = ['functions/src/platform/config.ts', 'functions/src/deployment.ts']
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
  return [...new Set([...text.matchAll(/'(LK_[A-Z_]+)'/g)].map(([, name = '']) => name))].toSorted()
}
