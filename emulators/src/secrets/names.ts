/** Checks and splits the resource names of Secret Manager. */
import { invalidArgument } from '../wire/status.ts'

const PROJECT = 'projects/[a-z0-9][a-z0-9.:-]{0,62}'
const ID = '[a-zA-Z0-9_-]{1,255}'
const VERSION = '[1-9][0-9]{0,8}|[a-zA-Z][a-zA-Z0-9_-]{0,62}'

const PATTERNS = {
  project: { expression: new RegExp(`^${PROJECT}$`), shown: 'projects/*' },
  secret: { expression: new RegExp(`^${PROJECT}/secrets/${ID}$`), shown: 'projects/*/secrets/*' },
  version: {
    expression: new RegExp(`^${PROJECT}/secrets/${ID}/versions/(${VERSION})$`),
    shown: 'projects/*/secrets/*/versions/*',
  },
} as const

/** @returns the name, or INVALID_ARGUMENT naming the field that held it. */
export function requireName(kind: keyof typeof PATTERNS, name: string, field = 'name'): string {
  if (PATTERNS[kind].expression.test(name)) return name
  throw invalidArgument(
    `The field '${field}' has an invalid format: '${name}' does not match '${PATTERNS[kind].shown}'.`,
  )
}

export function requireSecretId(id: string): string {
  if (new RegExp(`^${ID}$`).test(id)) return id
  throw invalidArgument(`The provided Secret ID [${id}] does not match the expected format [[a-zA-Z_0-9]+].`)
}

/** @returns the secret's name and the version as it was called: a number, `latest` or an alias. */
export function splitVersionName(name: string): { secret: string; version: string } {
  const [secret = '', version = ''] = requireName('version', name).split('/versions/')
  return { secret, version }
}

export const versionName = (secret: string, number: number): string => `${secret}/versions/${number}`
