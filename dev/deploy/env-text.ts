// Settings as Terraform puts them out, in the form in which the firebase CLI reads them.

const projectId = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/

/** Ids that begin with `demo-` are for emulators. */
const isRealProject = (text: string): boolean => projectId.test(text) && !text.startsWith('demo-')

/** A sentence for what is no project that anything could be deployed to. */
export const projectFault = (project: string): string | undefined => {
  if (isRealProject(project)) return undefined
  if (project === '') return 'Say for which project: --project <id>.'
  return project.startsWith('demo-')
    ? `${project} is for emulators: no real project begins with demo-.`
    : `${project} is no id of a project: those are 6 to 30 small letters, digits and hyphens.`
}

/** Throws one sentence for anything that is not a map of settings, and of this project. */
export const envFile = (project: string, output: string): string => {
  const settings = settingsIn(output)
  // Of all settings the key ring alone names its project; outputs of another environment would open another one's keys.
  const other = /^projects\/([^/]+)\//.exec(settings['LK_KMS_KEY_RING'] ?? '')?.[1] ?? project
  if (other !== project) throw new Error(`These are the settings of ${other}, not of ${project}.`)
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}`)
  return `${lines.toSorted().join('\n')}\n`
}

const settingsIn = (output: string): Readonly<Record<string, string>> => {
  const settings: unknown = parsed(output)
  const fits = typeof settings === 'object' && settings !== null && !Array.isArray(settings)
  if (!fits || Object.keys(settings).length === 0)
    throw new Error('Pipe in what `terraform output -json settings` prints.')
  for (const [name, value] of Object.entries(settings))
    if (!/^LK_[A-Z_]+$/.test(name) || typeof value !== 'string')
      throw new Error(`${name} is no setting of the functions.`)
  return settings as Readonly<Record<string, string>> // as just seen
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** In double quotes a line break is `\n`, and nothing else has a meaning of its own once quotes and backslashes are escaped. */
const quoted = (value: string): string =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`

/** As `envFile` wrote them. */
export const readSettings = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/^([A-Z_]+)="((?:[^"\\]|\\.)*)"$/gm)].map(([, name = '', value = '']) => [name, unquoted(value)]),
  )

const unquoted = (value: string): string =>
  value.replaceAll(/\\(.)/g, (_all, letter: string) => (letter === 'n' ? '\n' : letter))
