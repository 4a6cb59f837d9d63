// What makes a demo agency more than its people: a role of its own, a team, a guardrail, and a product that Latchkey knows nothing of.
import type { Act } from './actors.ts'
import type { BuiltAgency } from './build-agency.ts'

/** At the first account: the front desk, and a contractor who has left. At the second: patients' data stays where it is. */
export const furnishAgency = async (agency: BuiltAgency, owner: Act, desk: readonly string[]): Promise<void> => {
  const [shop = '', practice = ''] = agency.accounts.map((account) => account.tenant)
  await owner('resources/registerType', {
    tenant: agency.tenant,
    type: 'booking',
    title: 'Bookings',
    actions: [{ name: 'read' }, { name: 'confirm', title: 'Confirm a booking' }],
    levels: ['account'],
  })
  const { role } = await owner('roles/create', {
    tenant: agency.tenant,
    name: 'Front desk',
    description: 'Takes and confirms bookings.',
    permissions: ['calendars/events.read', 'calendars/events.write', 'own/booking.read', 'own/booking.confirm'],
  })
  const { team } = await owner('teams/create', { tenant: shop, name: 'Front desk', description: 'Monday to Saturday' })
  await owner('roles/assign', { tenant: shop, principal: { team }, role, reach: 'node', reason: 'Shop counter' })
  for (const user of desk) await owner('teams/addMember', { tenant: shop, team, principal: { user } })
  await owner('resources/put', {
    tenant: shop,
    type: 'booking',
    id: 'bk-1001',
    ownerId: desk[0],
    properties: { state: 'open', day: '2026-12-01' },
  })
  await owner('members/remove', { tenant: shop, user: 'demoDmitri', reason: 'Contract ended' })
  await owner('roles/setGuardrail', {
    tenant: practice,
    deniedPermissions: ['contacts.export'],
    reason: 'Patients’ data stays in the practice',
  })
}
