// `npm test`: everything, in order, to the end; `-- --only <step>` runs one step, `-- --full` the proofs at their whole size.
import { readOptions } from './operator/read-options.ts'
import { staticSteps } from './steps/static-steps.ts'
import { chooseSteps, runSteps } from './steps/step.ts'
import { testSteps, usualShare } from './steps/test-steps.ts'

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort())

const usage = `Usage: npm test [-- --only <step> | --full]
${[...staticSteps, ...testSteps(interrupted.signal, usualShare)].map(({ name, what }) => `  ${name.padEnd(11)} ${what}`).join('\n')}`
const values = readOptions(usage, { only: { type: 'string' }, full: { type: 'boolean' } })
const every = [...staticSteps, ...testSteps(interrupted.signal, values.full ? 1 : usualShare)]
const steps = chosen()
const { passed, failed } = await runSteps(steps, console.log)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function chosen(): ReturnType<typeof chooseSteps> {
  try {
    return chooseSteps(every, values.only)
  } catch (reason) {
    console.error(reason instanceof RangeError ? reason.message : reason)
    process.exit(2)
  }
}
