// `terraform output -json settings | npm run settings -- --project <id>`: writes the settings of the functions to `functions/.env.<id>`, which the firebase CLI deploys with them.
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { envFile, projectFault } from './deploy/env-text.ts'
import { failPlainly } from './operator/fail-plainly.ts'
import { readOptions, refuse } from './operator/read-options.ts'
import { root } from './root.ts'

const usage = 'Usage: terraform output -json settings | npm run settings -- --project <id>'
const { project } = readOptions(usage, { project: { type: 'string', default: '' } })
const fault = projectFault(project)
if (fault !== undefined) refuse(fault, usage)
failPlainly()
const text = envFile(project, readFileSync(0, 'utf8'))
const file = join(root, 'functions', `.env.${project}`)
writeFileSync(file, text)
console.log(`${relative(root, file)} has ${text.trim().split('\n').length} settings.`)
