// Who may read each live collection and who may not: the deny twin of every `allow`. `dev/checks/rules-static.test.ts` reads the names.
import type { liveCollections } from '../../functions/src/rooms/tenancy/enter-tenant.ts'

export type Live = keyof typeof liveCollections

interface Twin {
  /** A built-in role at an account, and one at its agency, that hold the permission… */
  readonly holds: { readonly account: string; readonly agency: string }
  /** …and that do not. */
  readonly lacks: { readonly account: string; readonly agency: string }
}

const readers = { account: 'account.admin', agency: 'agency.auditor' }

export const twins: Readonly<Record<Live, Twin>> = {
  members: { holds: readers, lacks: { account: 'account.salesRep', agency: 'agency.verifier' } },
  teams: { holds: readers, lacks: { account: 'account.billing', agency: 'agency.verifier' } },
  roles: { holds: readers, lacks: { account: 'account.salesRep', agency: 'agency.verifier' } },
  assignments: { holds: readers, lacks: { account: 'account.viewer', agency: 'agency.verifier' } },
  apiKeys: { holds: readers, lacks: { account: 'account.user', agency: 'agency.support' } },
}

export const live = Object.keys(twins) as readonly Live[] // the keys of a closed table
