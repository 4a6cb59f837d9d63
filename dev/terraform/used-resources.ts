// The kinds of resources that our Terraform names, in alphabetical order.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'

export const usedResources = (): readonly string[] => {
  const files = globSync('terraform/**/*.tf', { cwd: root })
  const named = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^resource "(google_[a-z0-9_]+)"/gm)].map(
      ([, name = '']) => name,
    ),
  )
  return [...new Set(named)].toSorted()
}
