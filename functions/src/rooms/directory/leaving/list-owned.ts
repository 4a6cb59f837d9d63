// `members/listOwned`: what somebody would leave behind at a tenant: live keys, pending offers, registered resources, teams.
import { listOwnedInput, listOwnedOutput, type OwnedKind, ownedKind } from '@latchkey/core/directory/contract/leaving'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { mayNow } from '../../../guard/fresh-facts.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import type { DirectoryDependencies } from '../dependencies.ts'
import { memberPath } from '../members/member-state.ts'
import { type Owned, ownedSources } from './owned-sources.ts'

type Input = z.output<typeof listOwnedInput>

/** Whoever may not list a kind of thing here does not see whose they are either (CATALOGUE I-28). */
const permissions: Readonly<Record<OwnedKind, string>> = {
  apiKey: 'iam.apiKeys.list',
  invitation: 'iam.invitations.list',
  resource: 'iam.resources.list',
  team: 'iam.teams.list',
}

export const listOwned = ({ read }: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'listOwned',
    summary: 'Lists what a person owns at a tenant: API keys, pending invitations, resources, teams.',
    input: listOwnedInput,
    output: listOwnedOutput,
    access: { permission: 'iam.members.list' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async (admitted) => {
      const { input, tenant, facts } = admitted
      const start = startOf(input.page)
      if (!start.ok) return start
      const kinds = ownedKind.options.filter((kind) => mayNow(facts, permissions[kind], admitted))
      const page = await collect(read, admitted, start.value, kinds)
      const withheld = ownedKind.options.filter((kind) => !kinds.includes(kind))
      const [member] = await read.getAll([memberPath(tenant, input.user)])
      if (member === undefined && page.items.length === 0 && input.page === undefined)
        return err(iamError('not_found', { field: 'user' }))
      return ok({ ...page, withheld })
    },
  })

interface Start {
  readonly kind: OwnedKind
  readonly after: string | undefined
}

/** A page token is the kind that comes next and the last id of it that was shown. */
const startOf = (page: string | undefined): Result<Start, IamError> => {
  if (page === undefined) return ok({ kind: 'apiKey', after: undefined })
  const [, name, after] = /^([A-Za-z]+)\.((?!__|\.)[^/]*)$/u.exec(page) ?? []
  const kind = ownedKind.safeParse(name).data
  if (kind !== undefined) return ok({ kind, after: after === '' ? undefined : after })
  return err(iamError('invalid_request', { field: 'page', detail: 'Use `nextPage` of the answer before.' }))
}

const collect = async (
  read: Reader,
  { input, tenant, now }: Admitted<Input>,
  start: Start,
  kinds: readonly OwnedKind[],
): Promise<{ items: Owned[]; nextPage?: string }> => {
  const items: Owned[] = []
  const sources = ownedSources(read, { tenant, user: input.user, now })
  for (const kind of ownedKind.options.slice(ownedKind.options.indexOf(start.kind))) {
    if (!kinds.includes(kind)) continue
    const room = input.limit - items.length
    if (room === 0) return { items, nextPage: `${kind}.` }
    const page = await sources[kind](kind === start.kind ? start.after : undefined, room)
    items.push(...page.items)
    if (page.last !== undefined) return { items, nextPage: `${kind}.${page.last}` }
  }
  return { items }
}
