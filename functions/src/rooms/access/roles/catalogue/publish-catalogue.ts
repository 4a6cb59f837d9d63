// `roles/publishCatalogue`: makes a new version known, for ever; each agency adopts it when it likes, withdrawals count at once.

import { headPath } from '@latchkey/core/access/assembly/head'
import { publishCatalogueInput, publishCatalogueOutput } from '@latchkey/core/access/contract/roles'
import { catalogueChange } from '@latchkey/core/access/shaping/catalogue-change'
import { checkCatalogue } from '@latchkey/core/catalogue/check'
import { checkSuccessor } from '@latchkey/core/catalogue/check-successor'
import { compileCatalogue } from '@latchkey/core/catalogue/compile'
import { readCatalogue } from '@latchkey/core/catalogue/read-catalogue'
import type { CatalogueDocument } from '@latchkey/core/catalogue/schema'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { platformTenant } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../../guard/admitted.ts'
import { operation } from '../../../../guard/definition.ts'
import { freshFacts } from '../../../../guard/fresh-facts.ts'
import type { Reader } from '../../../../platform/store/reader.ts'
import { dryRunFault, type ShapingDependencies } from '../dependencies.ts'

type Input = z.output<typeof publishCatalogueInput>

const versionPath = (version: string): string => `catalogue/${version}`

export const publishCatalogue = (dependencies: ShapingDependencies) =>
  operation({
    group: 'roles',
    name: 'publishCatalogue',
    summary:
      'Publishes a catalogue version, for ever. What it withdraws ends within five seconds; a live list that is open, within ten minutes.',
    input: publishCatalogueInput,
    output: publishCatalogueOutput,
    access: { permission: 'iam.catalogue.publish' },
    tenant: () => platformTenant,
    effect: 'write',
    handler: (admitted) => {
      const { input, tenant } = admitted
      if (input.dryRun === true) return tryOut(admitted, dependencies)
      const { version } = input.document
      return dependencies.commit(admitted.commit, {
        tenant,
        plan: async (read) => {
          const facts = await freshFacts(read, admitted, 'iam.catalogue.publish', dependencies)
          const change = facts.ok ? await planPublishing(read, input.document) : facts
          if (!change.ok) return change
          return ok({
            writes: [
              { kind: 'create' as const, path: versionPath(version), fields: fieldsOf(input.document) },
              // What was ended on the whole platform stands beside it, and stays.
              { kind: 'update' as const, path: headPath, fields: { version } },
            ],
            event: { type: 'access.catalogue_published', targets: [`catalogue:${version}`], reason: input.reason },
            outcome: { version, saved: true, change: change.value },
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })

const fieldsOf = (document: CatalogueDocument) => ({ version: document.version, text: JSON.stringify(document) })

const tryOut = async (admitted: Admitted<Input>, { read }: ShapingDependencies) => {
  const fault = dryRunFault(admitted)
  if (fault !== undefined) return err(fault)
  const { document } = admitted.input
  const change = await planPublishing(read, document)
  return change.ok ? ok({ version: document.version, saved: false, change: change.value }) : change
}

/** Checked by itself and against the head as it is now: two publishers at once cannot both follow the same version. */
const planPublishing = async (
  read: Reader,
  document: CatalogueDocument,
): Promise<Result<ReturnType<typeof catalogueChange>, IamError>> => {
  const faults = checkCatalogue(document)
  if (faults.length > 0) return err(refusal(faults))
  const head = await readHead(read)
  if (head === undefined) return err(iamError('unavailable', { retryAfterSeconds: 30, internal: 'no whole head' }))
  const problems = checkSuccessor(head, document)
  if (problems.length > 0) return err(refusal(problems))
  return ok(catalogueChange(compileCatalogue(head), compileCatalogue(document)))
}

const readHead = async (read: Reader): Promise<CatalogueDocument | undefined> => {
  const [head] = await read.getAll([headPath])
  const [stored] = await read.getAll([versionPath(String(head?.['version']))])
  const document = readCatalogue(JSON.parse(String(stored?.['text'] ?? 'null')))
  return document.ok ? document.value : undefined
}

interface Problem {
  readonly code: string
  readonly subject: string
  readonly related: string
}

const shownProblems = 5

const refusal = (problems: readonly Problem[]): IamError => {
  const shown = problems
    .slice(0, shownProblems)
    .map(({ code, subject, related }) => `${code} ${subject} ${related}`.trim())
  const more = problems.length - shown.length
  return iamError('invalid_request', {
    field: 'document',
    detail: `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
  })
}
