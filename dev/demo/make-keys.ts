// Demo keys in every state that exists: in use, revoked, expired, and one that a backend verifies with.
import type { Act } from './actors.ts'
import type { BuiltAgency } from './build-agency.ts'

export interface DemoKey {
  readonly note: string
  readonly key: string
  readonly tenant: string
  readonly secret: string
}

export interface KeyMakers {
  readonly owner: Act
  /** The same owner, fifty days ago. */
  readonly ownerThen: Act
  readonly accountAdmin: Act
}

export const makeKeys = async (
  agency: BuiltAgency,
  { owner, ownerThen, accountAdmin }: KeyMakers,
): Promise<readonly DemoKey[]> => {
  const shop = agency.accounts[0]?.tenant ?? ''
  const verifier = await backendKey(agency, owner)
  const zap = await accountAdmin('apiKeys/create', {
    tenant: shop,
    name: 'Newsletter connector',
    scopes: ['contacts.readonly', 'calendars.readonly'],
  })
  const leaked = await accountAdmin('apiKeys/create', {
    tenant: shop,
    name: 'Old website form',
    scopes: ['contacts.write'],
  })
  await accountAdmin('apiKeys/revoke', {
    tenant: shop,
    key: keyOf(leaked)['key'],
    reason: 'Found in a public repository',
  })
  const expired = await ownerThen('apiKeys/create', {
    tenant: agency.tenant,
    name: 'Trade fair import',
    scopes: ['contacts.write'],
    expiresAt: daysFromNow(-20),
  })
  return [
    described('verifies credentials', verifier),
    described('in use', zap),
    described('revoked', leaked),
    described('expired', expired),
  ]
}

/** A service account that may verify credentials everywhere in the agency, and its key. */
const backendKey = async (agency: BuiltAgency, owner: Act): Promise<Record<string, unknown>> => {
  const service = await owner('members/createService', { tenant: agency.tenant, name: 'Booking backend' })
  await owner('roles/assign', {
    tenant: agency.tenant,
    principal: { service: service['service'] },
    role: 'agency.verifier',
    reach: 'subtree',
    reason: 'Verifies the keys of our customers',
  })
  return owner('apiKeys/create', {
    tenant: agency.tenant,
    name: 'Booking backend',
    service: service['service'],
    scopes: ['iam/credentials.verify'],
  })
}

const daysFromNow = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()

const keyOf = (created: Record<string, unknown>) => created['key'] as Record<string, unknown> // the contract's field

const described = (note: string, created: Record<string, unknown>): DemoKey => ({
  note,
  key: String(keyOf(created)['key']),
  tenant: String(keyOf(created)['tenant']),
  secret: String(created['secret']),
})
