// `npm run generate`: writes every generated file; with `--check` it only says which are out of date, and fails.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { bundleFunctions } from './build/bundle-functions.ts'
import { checkFunctionsLock } from './checks/functions-deploy.ts'
import { artefacts } from './generate/artefacts.ts'
import { writeFunctionsLock } from './generate/functions-lock.ts'
import { root } from './root.ts'

const checking = process.argv.includes('--check')
await bundleFunctions()
const stale: string[] = []

for (const { file, make } of artefacts) {
  const text = await make()
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  stale.push(relative(root, file))
  if (checking) continue
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

if (checkFunctionsLock().length > 0) {
  stale.push('functions/package-lock.json')
  if (!checking) await writeFunctionsLock()
}

if (stale.length === 0) console.log('Every generated file is up to date.')
else console.log(`${checking ? 'Out of date, run npm run generate' : 'Written'}: ${stale.join(', ')}`)
process.exitCode = checking && stale.length > 0 ? 1 : 0
