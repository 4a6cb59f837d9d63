// The names of the settings that the functions read, from the files that read them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'

const readers = ['functions/src/platform/config.ts', 'functions/src/deployment.ts']

/** `textOf`: of a file, in the tree that is asked about. */
export const settingsRead = (
  textOf: (file: string) => string = (file) => readFileSync(join(root, file), 'utf8'),
): readonly string[] => {
  const text = readers.map(textOf).join('\n')
  return [...new Set([...text.matchAll(/'(LK_[A-Z_]+)'/g)].map(([, name = '']) => name))].toSorted()
}

/** Only beside emulators: a real project refuses them, so nobody sets them there. */
export const besideEmulators: readonly string[] = [
  'LK_ANCHOR_FOLDER',
  'LK_CLOCK_FILE',
  'LK_INVOKER_TOKEN',
  'LK_KMS_ENDPOINT',
  'LK_WEBHOOK_ALLOW',
]
