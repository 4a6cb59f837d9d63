// Reads what is deployed out of a tree of files: the working one, or a commit.
import type { Deployable } from './plan-words.ts'

export interface Tree {
  /** Throws when there is no such file. */
  readonly text: (file: string) => string
  /** Names of the files in a folder. */
  readonly names: (folder: string) => readonly string[]
}

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => one.localeCompare(other)))
      : inner,
  )

const catalogues = 'core/src/catalogue/data'

export const readDeployable = (tree: Tree): Deployable => {
  const { endpoints } = JSON.parse(tree.text('functions/manifest.golden.json')) as Pick<Deployable, 'endpoints'>
  const { indexes, fieldOverrides } = JSON.parse(tree.text('firestore.indexes.json')) as {
    readonly indexes: readonly unknown[]
    readonly fieldOverrides: readonly unknown[]
  }
  return {
    endpoints,
    rules: tree.text('firestore.rules'),
    indexes: [...indexes, ...fieldOverrides].map(sorted),
    catalogues: Object.fromEntries(
      tree
        .names(catalogues)
        .flatMap((name) => /^(\d{4}-\d{2}-\d{2})\.json$/.exec(name)?.[1] ?? [])
        .map((version) => [version, tree.text(`${catalogues}/${version}.json`)]),
    ),
  }
}
