// Whether what goes together fits together: settings and what reads them, the rules and indexes that are named and those that are there.
import { besideEmulators } from './settings-read.ts'

export interface Agreeing {
  /** Of `.env.<project>`; undefined when there is none. */
  readonly settings: readonly string[] | undefined
  /** What the functions themselves say of these settings before they start, when they would not. */
  readonly refused: string | undefined
  /** Names that the functions read. */
  readonly read: readonly string[]
  readonly firebase: { readonly firestore?: { readonly rules?: string; readonly indexes?: string } }
  readonly exists: (file: string) => boolean
  /** What `npm run generate -- --check` said, when it found something out of date. */
  readonly outOfDate: string | undefined
  /** Paths with changes that are in no commit. */
  readonly uncommitted: readonly string[]
}

/** Without these a function starts all the same. */
const optional = [
  'LK_SMTP_HOST',
  'LK_SMTP_PORT',
  'LK_MAIL_FROM',
  'LK_MAILS_PER_DAY',
  'LK_SCANNER_KEYS',
  'LK_CALLABLE_HOPS',
]

/** A sentence for each disagreement. */
export const disagreements = (agreeing: Agreeing): readonly string[] => [
  ...settingsFaults(agreeing),
  ...filesFaults(agreeing),
  ...(agreeing.outOfDate === undefined ? [] : [`generated files are out of date: ${agreeing.outOfDate}`]),
  ...(agreeing.uncommitted.length === 0
    ? []
    : [`what is deployed must be in a commit: ${agreeing.uncommitted.slice(0, 5).join(', ')}`]),
]

const settingsFaults = ({ settings, read, refused }: Agreeing): readonly string[] => {
  if (settings === undefined)
    return ['there are no settings: terraform output -json settings | npm run settings -- --project <id>']
  const needed = read.filter((name) => !optional.includes(name) && !besideEmulators.includes(name))
  return [
    ...needed.filter((name) => !settings.includes(name)).map((name) => `${name} is not set`),
    ...settings.filter((name) => !read.includes(name)).map((name) => `nobody reads ${name}`),
    ...settings.filter((name) => besideEmulators.includes(name)).map((name) => `${name} is for emulators alone`),
    ...(refused === undefined ? [] : [`the functions would not start: ${refused}`]),
  ]
}

const filesFaults = ({ firebase: { firestore }, exists }: Agreeing): readonly string[] =>
  (
    [
      ['rules', 'firestore.rules'],
      ['indexes', 'firestore.indexes.json'],
    ] as const
  ).flatMap(([name, tested]) => {
    const file = firestore?.[name]
    if (file !== tested) return [`firebase.json deploys other ${name} than the tests look at: ${file ?? 'none'}`]
    return exists(file) ? [] : [`${file} is not there`]
  })
