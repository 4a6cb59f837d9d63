// `members/update`: a member's name here, and the attributes that conditions read; nobody changes their own.
import { maxAttributes, updateMemberInput, updateMemberOutput } from '@latchkey/core/directory/contract'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { normalizeName } from '@latchkey/core/kernel/names'
import { namedRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { freshFacts } from '../../../guard/fresh-facts.ts'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'
import type { DirectoryDependencies } from '../dependencies.ts'
import { missingOfMember } from '../held-by-member.ts'
import { accessWrites, attributesOf, grantsWrite, memberWrite, readMember } from './member-state.ts'

type Input = z.output<typeof updateMemberInput>

const permission = 'iam.members.update'

export const updateMember = (dependencies: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'update',
    summary: 'Changes the name of a member here, and the attributes that conditions read.',
    input: updateMemberInput,
    output: updateMemberOutput,
    access: { permission },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async (admitted) => {
      const { input, caller } = admitted
      // Conditions read attributes: whoever could set their own would choose their own power (CATALOGUE C-112).
      if (input.attributes !== undefined && namedRef(input.principal) === caller.principal)
        return err(
          iamError('permission_denied', { field: 'attributes', detail: 'Nobody changes their own attributes.' }),
        )
      const name = input.displayName === undefined ? ok(undefined) : normalizeName(input.displayName, 'displayName')
      if (!name.ok) return name
      const drawn = { displayName: name.value, newAccessId: dependencies.drawId() }
      return dependencies.commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: (read) => plan(read, admitted, drawn, dependencies),
        answer: (outcome) => outcome,
      })
    },
  })

interface Drawn {
  readonly displayName: string | undefined
  readonly newAccessId: string
}

const plan = async (read: Reader, admitted: Admitted<Input>, drawn: Drawn, dependencies: DirectoryDependencies) => {
  const { input, tenant } = admitted
  const principal = namedRef(input.principal)
  const facts = await freshFacts(read, admitted, permission, dependencies)
  if (!facts.ok) return facts
  const found = await readMember(read, tenant, principal)
  if (!found.ok) return found
  // An attribute can fulfil a condition: whoever sets one gives all that conditions hold back here.
  const asking = { facts: facts.value, now: admitted.now, entries: 'conditional' } as const
  const missing = input.attributes === undefined ? [] : await missingOfMember(read, found.value, asking, dependencies)
  if (missing.length > 0) return err(iamError('grant_exceeds_grantor', { missing }))
  const attributes = changed(attributesOf(found.value.member), input.attributes ?? {})
  if (!attributes.ok) return attributes
  const displayName = drawn.displayName ?? String(found.value.member['displayName'])
  const powerWrites =
    input.attributes === undefined
      ? []
      : [grantsWrite(found.value, { attributes: attributes.value }), ...accessWrites(principal, drawn.newAccessId)]
  return ok({
    writes: [memberWrite(found.value, { displayName, attributes: attributes.value }), ...powerWrites],
    event: {
      type: 'directory.member_updated',
      targets: [principal],
      details: { attributes: Object.keys(input.attributes ?? {}), renamed: drawn.displayName !== undefined },
    },
    // Parsed: what is stored is shown only in the shape that the contract promises.
    outcome: updateMemberOutput.parse({ principal, tenant, displayName, attributes: attributes.value }),
  })
}

const changed = (
  before: DocumentFields,
  wanted: NonNullable<Input['attributes']>,
): Result<DocumentFields, IamError> => {
  const entries = Object.entries({ ...before, ...wanted }).filter(([, value]) => value !== null)
  if (entries.length <= maxAttributes) return ok(Object.fromEntries(entries))
  return err(iamError('limit_exceeded', { field: 'attributes', detail: `At most ${maxAttributes} attributes.` }))
}
