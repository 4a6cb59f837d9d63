// Refuses source files longer than a reader holds in mind.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sourceFiles } from './source-files.ts'

const ceiling = 250
/** Tests are, and the worlds that the long proofs are made of. */
const excepted = /\.test\.ts$|\/generated\/|^emulator-tests\/proof\//

/** One line for each file that is too long. */
export function checkFileSizes(repository: string): string[] {
  return sourceFiles(repository)
    .filter((file) => !excepted.test(file))
    .map((file) => ({ file, lines: readFileSync(join(repository, file), 'utf8').trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > ceiling)
    .map(({ file, lines }) => `${file} has ${lines} lines; the ceiling is ${ceiling}: split it.`)
}
