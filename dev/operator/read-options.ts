// Options of a command: `--help` ends with its usage, and what it does not take with one sentence and its usage.
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

export const readOptions = <const Options extends ParseArgsOptionsConfig>(usage: string, options: Options) => {
  if (process.argv.includes('--help')) {
    console.log(usage)
    process.exit(0)
  }
  try {
    return parseArgs({ options }).values
  } catch (reason) {
    return refuse(reason instanceof Error ? reason.message : String(reason), usage)
  }
}

/** Nothing was begun. */
export function refuse(sentence: string, usage: string): never {
  console.error(`${sentence}\n${usage}`)
  process.exit(2)
}
