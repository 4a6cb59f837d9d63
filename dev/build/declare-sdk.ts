// The SDK's declarations for the projects of others: what its entry points reach, and nothing that would have to be installed beside it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { root } from '../root.ts'

const core = '@latchkey/core/'

/** Writes them below `outdir`; answers where each entry's are. Throws when they would name a package. */
export const declareSdk = (entries: readonly string[], outdir: string): ReadonlyMap<string, string> => {
  const program = programOf(entries)
  const written = new Set<string>()
  const waiting = entries.map((entry) => join(root, entry))
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (written.has(path)) continue
    written.add(path)
    const from = path
    const text = declarationsOf(program, from).replace(specifier, (_, before: string, name: string, quote: string) => {
      const source = sourceOf(name, from)
      waiting.push(source)
      return `${before}${linkTo(targetOf(source), targetOf(from))}${quote}`
    })
    const target = join(outdir, targetOf(from))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text)
  }
  return new Map(entries.map((entry) => [entry, `./${targetOf(join(root, entry))}`]))
}

/** `from '…'` and `import('…')`. */
const specifier = /(\bfrom\s*['"]|\bimport\(\s*['"])([^'"]+)(['"])/g

const programOf = (entries: readonly string[]): ts.Program => {
  const config = join(root, 'sdk', 'tsconfig.json')
  const read = ts.getParsedCommandLineOfConfigFile(config, {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail })
  if (read === undefined) return fail({ messageText: `${config} cannot be read` })
  const { tsBuildInfoFile: _, ...options } = read.options
  // As ours, and not as a package's: those are not written.
  const paths = { [`${core}*`]: [join(root, 'core', 'src', '*.ts')] }
  const alone = {
    ...options,
    paths,
    composite: false,
    incremental: false,
    declaration: true,
    rootDir: root,
    outDir: '/',
  }
  return ts.createProgram({ rootNames: entries.map((entry) => join(root, entry)), options: alone })
}

const fail = ({ messageText }: Pick<ts.Diagnostic, 'messageText'>): never => {
  throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'))
}

const declarationsOf = (program: ts.Program, path: string): string => {
  let text: string | undefined
  const source = program.getSourceFile(path)
  const keep: ts.WriteFileCallback = (_, declarations) => {
    text = declarations
  }
  const { diagnostics } = program.emit(source, keep, undefined, true)
  for (const diagnostic of diagnostics) fail(diagnostic)
  return text ?? fail({ messageText: `${path} declares nothing` })
}

const sourceOf = (name: string, from: string): string => {
  if (name.startsWith(core)) return join(root, 'core', 'src', `${name.slice(core.length)}.ts`)
  if (name.startsWith('.')) return join(dirname(from), name)
  return fail({ messageText: `${from}: the declarations of the SDK need ${name}, which nobody who installs it has` })
}

/** `sdk/src/a.ts` is `types/sdk/a.d.ts`, of core alike. */
const targetOf = (source: string): string =>
  join('types', relative(root, source).replace('/src/', '/').replace(/\.ts$/, '.d.ts'))

const linkTo = (target: string, from: string): string => {
  const way = relative(dirname(from), target).replace(/\.d\.ts$/, '.js')
  return way.startsWith('.') ? way : `./${way}`
}
