// What a folder of our Terraform shows as valid: a module the example of its README, an environment the values of its own test.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../root.ts'

const files = join(root, 'terraform')

/** Folders below `terraform/`, in alphabetical order. */
export const moduleFolders = globSync('modules/*', { cwd: files }).toSorted()

/** Throws where there is no example. */
export const exampleOf = (folder: string): string => {
  const [, example] = /```hcl\n([\s\S]*?)```/.exec(readFileSync(join(files, folder, 'README.md'), 'utf8')) ?? []
  if (example === undefined) throw new Error(`${folder} has no example.`)
  return example
}

const inside = /^(?:module "[a-z_]+"|variables) \{\n([\s\S]*?)^\}/m

/** The arguments of the example, as a test of Terraform takes variables. */
export const validValues = (folder: string): string => {
  const text = folder.startsWith('modules/')
    ? exampleOf(folder)
    : readFileSync(join(files, folder, 'tests', 'plan.tftest.hcl'), 'utf8')
  const [, values = ''] = inside.exec(text) ?? []
  return values.replace(/^ *source *=.*\n/m, '')
}

/** The resources that a module's own files name: `kind.name`. */
export const resourcesIn = (folder: string): readonly string[] => {
  const texts = globSync('*.tf', { cwd: join(files, folder) }).map((file) =>
    readFileSync(join(files, folder, file), 'utf8'),
  )
  return texts.flatMap((text) =>
    [...text.matchAll(/^resource "([a-z0-9_]+)" "([a-z_]+)"/gm)].map(([, kind, name]) => `${kind}.${name}`),
  )
}
