// `roles/adoptCatalogue`: an agency goes over to a newer version, for itself and all its accounts, by one write to its policy.

import { adoptCatalogueInput, adoptCatalogueOutput } from '@latchkey/core/access/contract/roles'
import type { Facts } from '@latchkey/core/access/facts'
import { catalogueChange, withCatalogue } from '@latchkey/core/access/shaping/catalogue-change'
import { changesOf } from '@latchkey/core/access/shaping/shape-change'
import type { Catalogue } from '@latchkey/core/catalogue/compile'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../../guard/admitted.ts'
import { operation } from '../../../../guard/definition.ts'
import { freshFacts } from '../../../../guard/fresh-facts.ts'
import type { Reader } from '../../../../platform/store/reader.ts'
import { roleChangeView } from '../change-view.ts'
import { dryRunFault, type ShapingDependencies } from '../dependencies.ts'
import { policyWrites } from '../role-document.ts'

type Input = z.output<typeof adoptCatalogueInput>

export const adoptCatalogue = (dependencies: ShapingDependencies) =>
  operation({
    group: 'roles',
    name: 'adoptCatalogue',
    summary: 'Goes over to a newer catalogue version, for an agency and all its accounts. There is no way back.',
    input: adoptCatalogueInput,
    output: adoptCatalogueOutput,
    access: { permission: 'iam.catalogue.adopt' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async (admitted) => {
      const { tenant, input } = admitted
      if (input.dryRun === true) return tryOut(admitted, dependencies)
      const target = await dependencies.catalogues.ofVersion(input.version) // it never changes, so it is read before
      const accessId = dependencies.drawId()
      return dependencies.commit(admitted.commit, {
        tenant,
        plan: async (read) => {
          const facts = await freshFacts(read, admitted, 'iam.catalogue.adopt', dependencies)
          if (!facts.ok) return facts
          const planned = await planAdoption(read, facts.value, target)
          if (!planned.ok) return planned
          return ok({
            writes: policyWrites(tenant, { catalogueVersion: input.version }, accessId),
            event: {
              type: 'access.catalogue_adopted',
              targets: [`tenant:${tenant}`],
              details: { from: facts.value.chain[0]?.catalogueVersion, to: input.version },
            },
            outcome: { tenant, version: input.version, saved: true, change: planned.value },
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })

const tryOut = async (admitted: Admitted<Input>, { read, catalogues }: ShapingDependencies) => {
  const { tenant, facts, input } = admitted
  const fault = dryRunFault(admitted)
  if (fault !== undefined) return err(fault)
  const planned = await planAdoption(read, facts, await catalogues.ofVersion(input.version))
  return planned.ok ? ok({ tenant, version: input.version, saved: false, change: planned.value }) : planned
}

/** Forward only, and no further than the head: an older version could give back what a newer one has taken. */
export const planAdoption = async (read: Reader, facts: Facts, target: Catalogue | undefined) => {
  const [head] = await read.getAll(['catalogue/head'])
  const adopted = facts.chain[0]?.catalogueVersion ?? ''
  const before = facts.catalogueOf(adopted)
  if (target === undefined || before === undefined || target.version > String(head?.['version'])) return unknownVersion
  if (target.version <= adopted) {
    return err(
      iamError('conflict', { field: 'version', detail: `${adopted} is adopted; only a newer one can follow.` }),
    )
  }
  const after = withCatalogue(facts, target)
  const custom = facts.chain[0]?.customRoles.keys() ?? []
  const changes = changesOf(facts, after, [...before.roleByName.keys(), ...custom])
  return ok({ ...roleChangeView(after, changes), catalogue: catalogueChange(before, target) })
}

const unknownVersion: Result<never, IamError> = err(iamError('not_found', { field: 'version' }))
