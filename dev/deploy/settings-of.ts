// The settings of a project as the functions read them, for those who work on its database from outside. A demo project has none.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'
import { readSettings } from './env-text.ts'

/** Ends the process with one sentence when there are none. */
export const settingsOf = (project: string): Readonly<Record<string, string>> => {
  if (project.startsWith('demo-')) return {}
  try {
    return readSettings(readFileSync(join(root, 'functions', `.env.${project}`), 'utf8'))
  } catch {
    console.error(
      `There are no settings for ${project}: write them with dev/deploy/env-file.ts from Terraform’s outputs.`,
    )
    process.exit(2)
  }
}
