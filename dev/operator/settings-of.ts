// The settings of a project as the functions read them, for those who work on its database from outside. A demo project has none.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSettings } from '../deploy/env-text.ts'
import { root } from '../root.ts'

/** Ends the process with one sentence when there are none. */
export const settingsOf = (project: string): Readonly<Record<string, string>> => {
  if (project.startsWith('demo-')) return {}
  try {
    return readSettings(readFileSync(join(root, 'functions', `.env.${project}`), 'utf8'))
  } catch {
    console.error(
      `There are no settings for ${project}: terraform output -json settings | npm run settings -- --project ${project}`,
    )
    process.exit(2)
  }
}
