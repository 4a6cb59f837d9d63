// The table of generated files: where each one lies, and how its text is made.
import { join } from 'node:path'
import { goldenManifestFile } from '../checks/functions-deploy.ts'
import { modulesGolden } from '../manifest/loaded-modules.ts'
import { canonicalManifest, readManifest } from '../manifest/read-manifest.ts'
import { root } from '../root.ts'
import { callablesJson } from './callables-json.ts'
import { capacityPage } from './capacity/capacity-page.ts'
import { openapiJson } from './openapi.ts'
import { permissionMatrix } from './permission-matrix.ts'
import { typedClient } from './typed-client.ts'

export type Artefact = { readonly file: string; readonly make: () => Promise<string> }

const reference = (name: string): string => join(root, 'docs', 'reference', name)

export const artefacts: readonly Artefact[] = [
  {
    file: goldenManifestFile,
    make: async () => canonicalManifest(await readManifest(join(root, 'functions'), join(root, 'node_modules'))),
  },
  { file: join(root, 'functions', 'modules.golden.json'), make: modulesGolden },
  { file: reference('callables.json'), make: callablesJson },
  { file: reference('openapi.json'), make: openapiJson },
  { file: reference('permissions.md'), make: permissionMatrix },
  { file: join(root, 'docs', 'capacity.md'), make: capacityPage },
  { file: join(root, 'sdk', 'src', 'generated', 'operations.ts'), make: typedClient },
]
