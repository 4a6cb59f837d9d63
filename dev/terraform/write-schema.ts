// `node dev/terraform/write-schema.ts`: writes `google.schema.json` anew, for the resources that `terraform/` uses. Fetches 30 MB, and leaves nothing.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../root.ts'
import { type Assembly, readAssembly } from './read-assembly.ts'
import { usedResources } from './used-resources.ts'

/** Made by its authors from version 6.50 of the provider. */
const madeFrom = '@cdktf/provider-google@16.12.1'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-schema-'))
try {
  execFileSync('npm', ['pack', madeFrom, '--silent'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  const [archive = ''] = readdirSync(folder)
  execFileSync('tar', ['xzf', archive, 'package/.jsii'], { cwd: folder })
  const assembly = JSON.parse(readFileSync(join(folder, 'package', '.jsii'), 'utf8')) as Assembly
  const schema = readAssembly(assembly, usedResources())
  writeFileSync(join(root, 'emulators', 'src', 'terraform', 'google.schema.json'), `${JSON.stringify(schema)}\n`)
  console.log(`${Object.keys(schema.resources).length} resources of ${schema.provider} ${schema.version}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
