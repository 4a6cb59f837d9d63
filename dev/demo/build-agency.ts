// Builds one demo agency as its people would: founded by the platform, taken up by its owner, filled by invitations.
import type { Act } from './actors.ts'
import type { DemoAgency, DemoMembership } from './world.ts'

export interface BuiltAccount {
  readonly tenant: string
  readonly name: string
  readonly status: 'active' | 'suspended'
}

export interface BuiltAgency {
  readonly tenant: string
  readonly name: string
  readonly accounts: readonly BuiltAccount[]
}

export interface Cast {
  readonly provisioner: Act
  /** The person as signed in. */
  readonly person: (uid: string) => Act
  readonly emailOf: (uid: string) => string
  readonly nameOf: (uid: string) => string
}

export const buildAgency = async (agency: DemoAgency, cast: Cast): Promise<BuiltAgency> => {
  const founded = await cast.provisioner('tenants/create', {
    parent: 'platform',
    name: agency.name,
    ownerEmail: cast.emailOf(agency.owner),
  })
  const owner = cast.person(agency.owner)
  await owner('members/acceptInvitation', { secret: secretOf(founded['invitation']) })
  const tenant = String(founded['tenant'])
  const accounts = new Map<string, string>()
  for (const name of agency.accounts) {
    accounts.set(name, String((await owner('tenants/create', { parent: tenant, name }))['tenant']))
  }
  for (const membership of agency.memberships) await join(membership, { tenant, accounts, owner, cast })
  if (agency.suspended !== undefined) {
    await owner('tenants/suspend', { tenant: accounts.get(agency.suspended), reason: 'Invoices unpaid since August' })
  }
  return {
    tenant,
    name: agency.name,
    accounts: [...accounts].map(([name, account]) => ({
      tenant: account,
      name,
      status: name === agency.suspended ? 'suspended' : 'active',
    })),
  }
}

const secretOf = (invitation: unknown): string => String((invitation as { readonly secret: string }).secret) // the contract's field

interface Setting {
  readonly tenant: string
  readonly accounts: ReadonlyMap<string, string>
  readonly owner: Act
  readonly cast: Cast
}

const join = async (membership: DemoMembership, { tenant, accounts, owner, cast }: Setting): Promise<void> => {
  const { person, account, role, reach, condition, reason } = membership
  const invited = await owner('members/invite', {
    tenant: account === undefined ? tenant : accounts.get(account),
    email: cast.emailOf(person),
    displayName: cast.nameOf(person),
    role,
    reach,
    reason,
    ...(membership.accounts === undefined ? {} : { accounts: membership.accounts.map((name) => accounts.get(name)) }),
    ...(condition === undefined ? {} : { condition }),
  })
  await cast.person(person)('members/acceptInvitation', { secret: String(invited['secret']) })
}
