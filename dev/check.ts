// `npm run check`: only what needs nothing running.
import { readOptions } from './operator/read-options.ts'
import { staticSteps } from './steps/static-steps.ts'
import { chooseSteps, runSteps } from './steps/step.ts'

const values = readOptions('Usage: npm run check [-- --only <step>]', { only: { type: 'string' } })
const { passed, failed } = await runSteps(chooseSteps(staticSteps, values.only), console.log)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
