// `roles/catalogue`: the permissions, scopes and built-in roles of one version, whole, and which version counts here.
import { getCatalogueInput, getCatalogueOutput } from '@latchkey/core/access/contract/roles'
import { documentOf } from '@latchkey/core/access/shaping/catalogue-change'
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../../guard/definition.ts'
import type { ShapingDependencies } from '../dependencies.ts'

export const getCatalogue = ({ catalogues }: ShapingDependencies) =>
  operation({
    group: 'roles',
    name: 'catalogue',
    summary: 'Shows a catalogue version, by default the one adopted; the newest is found up to five seconds late.',
    input: getCatalogueInput,
    output: getCatalogueOutput,
    access: { permission: 'iam.catalogue.read' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ input, facts }) => {
      const adopted = facts.chain[0]?.catalogueVersion ?? facts.head.version
      const catalogue = await catalogues.ofVersion(input.version ?? adopted)
      if (catalogue === undefined) return err(iamError('not_found', { field: 'version' }))
      const own = facts.chain.flatMap(({ ownPermissions }) => [...ownPermissions.values()])
      return ok({
        adopted,
        head: facts.head.version,
        catalogue: documentOf(catalogue),
        own: own.map(({ name, levels }) => ({ name, levels: [...levels] })),
      })
    },
  })
