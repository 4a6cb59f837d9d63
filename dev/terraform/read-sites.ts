// What `firebase.json` says of the two origins: which paths are calls, and which files there are.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'
import type { Site } from './policies/plan.ts'

interface Hosting {
  readonly target: string
  readonly public: string
  readonly rewrites?: readonly { readonly source: string; readonly function: { readonly functionId: string } }[]
}

export const readSites = (): Readonly<Record<string, Site>> => {
  const { hosting } = JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8')) as {
    readonly hosting: readonly Hosting[]
  }
  return Object.fromEntries(
    hosting.map(({ target, public: folder, rewrites = [] }) => [
      target,
      {
        rewrites: rewrites.map(({ source, function: { functionId } }) => ({ source, to: functionId })),
        files: globSync('**/*.*', { cwd: join(root, folder) }).map((file) => `/${file}`),
      },
    ]),
  )
}
