// `tenants/create`: an agency under the platform, with its owner by invitation, or an account under its agency.
import type { Facts } from '@latchkey/core/access/facts'
import { missingFor } from '@latchkey/core/access/held'
import { empty } from '@latchkey/core/catalogue/permission-set'
import { iamError } from '@latchkey/core/kernel/errors'
import { prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { normalizeName } from '@latchkey/core/kernel/names'
import { err, ok } from '@latchkey/core/kernel/result'
import { childKind } from '@latchkey/core/kernel/tenant'
import { type Instant, toIso } from '@latchkey/core/kernel/time'
import { invitationId } from '@latchkey/core/kernel/wire'
import { createTenantInput, createTenantOutput } from '@latchkey/core/tenancy/contract'
import type * as z from 'zod'
import type { Admitted } from '../../guard/admitted.ts'
import { operation } from '../../guard/definition.ts'
import type { Reader } from '../../platform/store/reader.ts'
import type { PlannedInvitation, TenancyDependencies } from './dependencies.ts'
import { foundingWrites } from './tenant-document.ts'

type Input = z.output<typeof createTenantInput>

export const createTenant = (dependencies: TenancyDependencies) =>
  operation({
    group: 'tenants',
    name: 'create',
    summary: 'Founds an agency and invites its owner, or makes an account of an agency.',
    input: createTenantInput,
    output: createTenantOutput,
    access: { permission: 'iam.tenants.create' },
    tenant: (input) => input.parent,
    effect: 'write',
    secrets: ['invitation.secret'],
    handler: async (admitted) => {
      const { input, facts, commit } = admitted
      const name = normalizeName(input.name)
      if (!name.ok) return name
      const kind = childKind(facts.chain[0]?.kind ?? 'account')
      if (kind !== 'agency' && kind !== 'account') {
        return err(iamError('invalid_request', { field: 'parent', detail: 'An account has no tenants below it.' }))
      }
      if (kind === 'agency' && input.ownerEmail === undefined) {
        return err(
          iamError('invalid_request', { field: 'ownerEmail', detail: 'An agency needs an owner: name their mailbox.' }),
        )
      }
      return dependencies.commit(commit, await plan(admitted, { name: name.value, kind }, dependencies))
    },
  })

/**
 * Naming an account's owner gives that role away, so its giver must hold it over the whole agency.
 * Founding an agency is different: its first owner is what `iam.tenants.create` at the platform means (ADR 0004).
 */
const missingToOwn = (facts: Facts, now: Instant): readonly string[] => {
  const permissions = facts.head.roleByName.get('account.owner')?.permissions ?? empty
  return missingFor(facts, { permissions, reach: 'subtree', accounts: [], until: undefined }, now)
}

interface Founding {
  readonly name: string
  readonly kind: 'agency' | 'account'
}

const plan = async (
  { input, tenant: parent, caller, now }: Admitted<Input>,
  { name, kind }: Founding,
  dependencies: TenancyDependencies,
) => {
  const { drawId } = dependencies
  const tenant = drawId(prefixes[kind]) as TenantId // just drawn
  const founded = { tenant, kind, placementId: drawId(), now }
  const invited =
    input.ownerEmail === undefined
      ? undefined
      : dependencies.inviteOwner({ ...founded, email: input.ownerEmail, invitedBy: caller.principal })
  // An account goes by what its agency has adopted; an agency starts at the head.
  const catalogueVersion = kind === 'account' ? undefined : await dependencies.headVersion()
  const node = { ...founded, parent, name, accessId: drawId(), catalogueVersion }
  return {
    // The event belongs to the new tenant; that its parent is alive was decided again inside the transaction (this permission mints).
    tenant,
    plan: async (read: Reader) => {
      const present = await dependencies.loadFacts(read, caller, parent)
      if (!present.ok) return present
      const missing = kind === 'account' && invited !== undefined ? missingToOwn(present.value, now) : []
      if (missing.length > 0) return err(iamError('grant_exceeds_grantor', { field: 'ownerEmail', missing }))
      return ok({
        writes: [...foundingWrites(node), ...(invited?.writes ?? [])],
        event: {
          type: `tenancy.${kind}_created`,
          targets: [`tenant:${tenant}`, `tenant:${parent}`],
          details: { name },
        },
        outcome: { tenant, kind, name },
      })
    },
    answer: (outcome: { tenant: TenantId; kind: 'agency' | 'account'; name: string }) => ({
      ...outcome,
      ...shown(invited),
    }),
  }
}

const shown = (invited: PlannedInvitation | undefined) =>
  invited === undefined
    ? {}
    : {
        invitation: {
          invitation: invitationId.parse(invited.invitation),
          secret: invited.secret,
          expiresAt: toIso(invited.expiresAt),
        },
      }
