// `terraform output -json settings | node dev/deploy/env-file.ts --project <id>`: writes the settings of the functions to `functions/.env.<id>`, which the firebase CLI deploys with them.
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../root.ts'
import { envFile } from './env-text.ts'

const { values } = parseArgs({ options: { project: { type: 'string' } } })
try {
  const { project, text } = envFile(values.project, readFileSync(0, 'utf8'))
  const file = join(root, 'functions', `.env.${project}`)
  writeFileSync(file, text)
  console.log(`${relative(root, file)} has ${text.trim().split('\n').length} settings.`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
