// The demo world as data: two agencies that never touch, and people whose roles tell the stories of the product.

export interface DemoPerson {
  readonly uid: string
  readonly who: string
  readonly name: string
  readonly email: string
}

export interface DemoMembership {
  readonly person: string
  /** Name of an account, or undefined for the agency itself. */
  readonly account?: string
  readonly role: string
  readonly reach: 'node' | 'subtree' | 'listed'
  readonly accounts?: readonly string[]
  readonly condition?: string
  readonly reason: string
}

export interface DemoAgency {
  readonly slug: 'northwind' | 'cedar'
  readonly name: string
  readonly owner: string
  readonly accounts: readonly string[]
  readonly suspended?: string
  readonly memberships: readonly DemoMembership[]
}

/** The same for everybody: these people exist in the emulator only. */
export const demoPassword = 'latchkey-demo-2026'

const person = (uid: string, who: string, name: string, email: string): DemoPerson => ({ uid, who, name, email })

/** Publishes catalogues, moves accounts between agencies, stops people everywhere. */
export const platformOwner = person('demoRuth', 'Platform owner', 'Ruth Adler', 'ruth.adler@platform.example')

export const people: readonly DemoPerson[] = [
  person('demoOlivia', 'Agency owner', 'Olivia Hart', 'olivia.hart@northwind.example'),
  person('demoMarco', 'Agency admin, 3 accounts', 'Marco Silva', 'marco.silva@northwind.example'),
  person('demoPriya', 'Support, no billing', 'Priya Nair', 'priya.nair@northwind.example'),
  person('demoLena', 'Account admin, Mark’s Shoes', 'Lena Fischer', 'lena.fischer@marksshoes.example'),
  person('demoTom', 'Account admin, Harbor Dental', 'Tom Becker', 'tom.becker@harbordental.example'),
  person('demoJonas', 'Sales rep, own records', 'Jonas Weber', 'jonas.weber@marksshoes.example'),
  person('demoAmara', 'Sales rep, own records', 'Amara Okafor', 'amara.okafor@marksshoes.example'),
  person('demoDmitri', 'Ex-contractor', 'Dmitri Volkov', 'dmitri.volkov@freelance.example'),
  person('demoHannah', 'Owner of the other agency', 'Hannah Cho', 'hannah.cho@cedarstone.example'),
  platformOwner,
]

const ownRecords = 'resource.ownerId == subject.id'

export const northwind: DemoAgency = {
  slug: 'northwind',
  name: 'Northwind Growth Partners',
  owner: 'demoOlivia',
  accounts: [
    'Mark’s Shoes',
    'Harbor Dental Care',
    'Casa Verde Realty',
    'Peak Fitness Studio',
    'Bluebird Bakery',
    'Old Mill Auto Repair',
  ],
  suspended: 'Old Mill Auto Repair',
  memberships: [
    {
      person: 'demoMarco',
      role: 'agency.admin',
      reach: 'listed',
      accounts: ['Mark’s Shoes', 'Harbor Dental Care', 'Casa Verde Realty'],
      reason: 'Looks after the first three customers',
    },
    { person: 'demoPriya', role: 'agency.support', reach: 'subtree', reason: 'Support desk; billing is not hers' },
    { person: 'demoLena', account: 'Mark’s Shoes', role: 'account.admin', reach: 'subtree', reason: 'Runs the shop' },
    {
      person: 'demoTom',
      account: 'Harbor Dental Care',
      role: 'account.admin',
      reach: 'subtree',
      reason: 'Practice manager',
    },
    {
      person: 'demoJonas',
      account: 'Mark’s Shoes',
      role: 'account.salesRep',
      reach: 'subtree',
      condition: ownRecords,
      reason: 'Sells; sees own contacts',
    },
    {
      person: 'demoAmara',
      account: 'Mark’s Shoes',
      role: 'account.salesRep',
      reach: 'subtree',
      condition: ownRecords,
      reason: 'Sells; sees own contacts',
    },
    {
      person: 'demoDmitri',
      account: 'Mark’s Shoes',
      role: 'account.user',
      reach: 'subtree',
      reason: 'Spring campaign',
    },
  ],
}

export const cedar: DemoAgency = {
  slug: 'cedar',
  name: 'Cedar & Stone Media',
  owner: 'demoHannah',
  accounts: ['Riverside Clinic'],
  memberships: [],
}
