// `resources/registerType`: an agency's own resource type with its actions, each of which becomes a permission of its own.

import { policyPath } from '@latchkey/core/access/assembly/documents'
import { registerTypeInput, typeView } from '@latchkey/core/access/contract/resources'
import type { Facts } from '@latchkey/core/access/facts'
import {
  firstOwnNumber,
  lastOwnNumber,
  maxOwnPermissions,
  ownPermissionName,
} from '@latchkey/core/catalogue/own-permission'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { normalizeName } from '@latchkey/core/kernel/names'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { type DocumentFields, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { AccessDependencies } from '../dependencies.ts'
import { isCatalogueType, typePath } from './resource-document.ts'

type Input = z.output<typeof registerTypeInput>

export const registerType = ({ commit, loadFacts, drawId }: AccessDependencies) =>
  operation({
    group: 'resources',
    name: 'registerType',
    summary: 'Adds or changes a resource type of your agency’s own, with its actions; owners hold them at once.',
    input: registerTypeInput,
    output: typeView,
    access: { permission: 'iam.resources.registerType' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: async (admitted) => {
      const title = normalizeName(admitted.input.title, 'title')
      if (!title.ok) return title
      const accessId = drawId()
      return commit(admitted.commit, {
        tenant: admitted.tenant,
        plan: async (read) => {
          const facts = await loadFacts(read, admitted.caller, admitted.tenant)
          if (!facts.ok) return facts
          const fault = faultOf(facts.value, admitted.input)
          if (fault !== undefined) return err(fault)
          return plan(read, admitted, { accessId, title: title.value })
        },
        answer: (outcome) => outcome,
      })
    },
  })

const faultOf = (facts: Facts, { type, actions }: Input): IamError | undefined => {
  if (facts.chain[0]?.kind !== 'agency') {
    return iamError('invalid_request', { field: 'tenant', detail: 'Only an agency has types of its own.' })
  }
  if (isCatalogueType(facts, type)) {
    return iamError('invalid_request', { field: 'type', detail: 'The catalogue has a resource of this name.' })
  }
  const names = actions.map(({ name }) => name)
  const twice = names.findIndex((name, index) => names.indexOf(name) < index)
  return twice < 0
    ? undefined
    : iamError('invalid_request', { field: `actions[${twice}].name`, detail: 'It is named twice.' })
}

interface Own {
  readonly number: number
  readonly levels: readonly ('agency' | 'account')[]
}

interface Drawn {
  readonly accessId: string
  readonly title: string
}

const plan = async (read: Reader, { input, tenant, now }: Admitted<Input>, { accessId, title }: Drawn) => {
  const [policy] = await read.getAll([policyPath(tenant)])
  const stored = (policy?.['ownPermissions'] ?? {}) as Readonly<Record<string, Own>> // our own document
  const next = typeof policy?.['nextOwnNumber'] === 'number' ? policy['nextOwnNumber'] : firstOwnNumber
  const after = ownAfter(stored, next, input)
  if (!after.ok) return after
  const view = { type: input.type, title, levels: [...levelsOf(input)], actions: actionsOf(input) }
  return ok({
    writes: [
      { kind: 'update' as const, path: policyPath(tenant), fields: after.value },
      {
        kind: 'set' as const,
        path: typePath(tenant, input.type),
        fields: { ...view, updatedAt: timestampOf(now) } satisfies DocumentFields,
      },
      { kind: 'update' as const, path: `tenants/${tenant}`, fields: { accessId } },
    ],
    event: {
      type: 'access.resource_type_registered',
      targets: [`resourceType:${input.type}`],
      details: { actions: view.actions.map(({ name }) => name) },
    },
    outcome: view,
  })
}

const levelsOf = (input: Input): readonly ('agency' | 'account')[] => input.levels ?? ['agency', 'account']

const actionsOf = ({ type, actions }: Input) =>
  actions.map(({ name, title }) => ({ name, title: title ?? name, permission: ownPermissionName(type, name) }))

/** Actions keep their numbers; new ones take the next, and a number is never used again: nothing stored can revive. */
const ownAfter = (
  stored: Readonly<Record<string, Own>>,
  next: number,
  input: Input,
): Result<{ ownPermissions: Record<string, Own>; nextOwnNumber: number }, IamError> => {
  const others = Object.entries(stored).filter(([name]) => !name.startsWith(ownPermissionName(input.type, '')))
  let number = next
  const known = Object.entries(stored).find(([name]) => name.startsWith(ownPermissionName(input.type, '')))?.[1]
  if (known !== undefined && levelsOf(input).some((level) => !known.levels.includes(level))) {
    // Whoever holds its permissions would hold them where they were never given.
    const detail = 'A type that is there cannot be widened to another level; register another one.'
    return err(iamError('invalid_request', { field: 'levels', detail }))
  }
  const own = input.actions.map(({ name }): [string, Own] => {
    const permission = ownPermissionName(input.type, name)
    return [permission, { number: stored[permission]?.number ?? number++, levels: levelsOf(input) }]
  })
  const ownPermissions = Object.fromEntries([...others, ...own])
  if (Object.keys(ownPermissions).length > maxOwnPermissions) {
    return err(
      iamError('limit_exceeded', { detail: `An agency has at most ${maxOwnPermissions} permissions of its own.` }),
    )
  }
  if (number > lastOwnNumber + 1) {
    return err(iamError('limit_exceeded', { detail: 'This agency has used up the numbers of its own permissions.' }))
  }
  return ok({ ownPermissions, nextOwnNumber: number })
}
