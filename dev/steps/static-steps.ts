// The steps that need nothing running: types, lint, boundaries, sizes, dead code, the bundle and the generated files.
import { join } from 'node:path'
import { bundleFunctions } from '../build/bundle-functions.ts'
import { checkFileSizes } from '../checks/file-size.ts'
import { checkFunctionsDeploy } from '../checks/functions-deploy.ts'
import { checkImportLaw } from '../checks/import-law.ts'
import { runTool } from '../checks/run-tool.ts'
import { root } from '../root.ts'
import { fromLines, type Outcome, type Step } from './step.ts'

const tool = async (file: string, ...args: string[]): Promise<Outcome> => {
  const { code, output } = await runTool(file, args, { cwd: root, env: { ...process.env, NO_COLOR: '1' } })
  return { ok: code === 0, report: output }
}

export const staticSteps: readonly Step[] = [
  { name: 'types', what: 'TypeScript accepts every workspace', run: () => tool('typescript/bin/tsc', '-b') },
  {
    name: 'eslint',
    what: 'promises, exhaustive switches, sizes, purity',
    run: () => tool('eslint/bin/eslint.js', '.'),
    beside: true,
  },
  { name: 'biome', what: 'format and lint', run: () => tool('@biomejs/biome/bin/biome', 'ci', '--colors=off', '.') },
  { name: 'imports', what: 'the import law', run: async () => fromLines(await checkImportLaw(root)) },
  { name: 'sizes', what: 'no file beyond the ceiling', run: async () => fromLines(checkFileSizes(root)) },
  {
    name: 'knip',
    what: 'no dead files, exports or dependencies',
    run: () => tool('knip/bin/knip.js', '--no-progress'),
  },
  { name: 'build', what: 'the functions bundle', run: build },
  {
    name: 'deploy',
    what: 'the uploaded folder stands alone',
    run: async () => fromLines(await checkFunctionsDeploy()),
  },
  {
    name: 'generated',
    what: 'generated files are up to date',
    run: () => tool(join('..', 'dev', 'generate.ts'), '--check'),
  },
]

async function build(): Promise<Outcome> {
  await bundleFunctions()
  return { ok: true, report: '' }
}
