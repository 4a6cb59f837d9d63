// The table of generated files: where each one lies, and how its text is made.
import { join } from 'node:path'
import { goldenManifestFile } from '../checks/functions-deploy.ts'
import { canonicalManifest, readManifest } from '../manifest/read-manifest.ts'
import { root } from '../root.ts'

export type Artefact = { readonly file: string; readonly make: () => Promise<string> }

export const artefacts: readonly Artefact[] = [
  {
    file: goldenManifestFile,
    make: async () => canonicalManifest(await readManifest(join(root, 'functions'), join(root, 'node_modules'))),
  },
]
