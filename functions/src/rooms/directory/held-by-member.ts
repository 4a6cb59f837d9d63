// What somebody lacks of the roles that others hold at a tenant: nobody hands power on, or wakes it, that they do not hold themselves.
import type { Facts, GrantEntry, GrantsFacts } from '@latchkey/core/access/facts'
import { missingFor } from '@latchkey/core/access/held'
import { rolePermissions } from '@latchkey/core/access/roles'
import type { TeamId } from '@latchkey/core/kernel/ids'
import { teamRef } from '@latchkey/core/kernel/principal'
import { type Instant, isOver } from '@latchkey/core/kernel/time'
import type { Reader } from '../../platform/store/reader.ts'
import type { DirectoryDependencies } from './dependencies.ts'
import { grantsPath, type MemberState } from './members/member-state.ts'

export interface Asking {
  /** The acting person's, at the tenant where the others hold something. */
  readonly facts: Facts
  readonly now: Instant
  /** `conditional`: only what a condition guards, as if it were fulfilled. */
  readonly entries: 'all' | 'conditional'
}

type ReadGrants = DirectoryDependencies['readGrants']

/** Entry by entry: as wide, as long, and without condition (CATALOGUE C-112); sorted. */
const missingOf = (held: readonly GrantsFacts[], { facts, now, entries }: Asking): readonly string[] => {
  const here = facts.chain[0]?.placementId
  // What has ended, or died when the tenant moved, never comes back.
  const isLive = ({ until, placement, condition }: GrantEntry): boolean =>
    !isOver(until, now) && (placement ?? here) === here && (entries === 'all' || condition !== undefined)
  const missing = held.flatMap((grants) =>
    grants.entries.filter(isLive).flatMap(({ role, reach, accounts, until }) => {
      const permissions = rolePermissions(facts, role, grants.at)
      return missingFor(facts, { permissions, reach, accounts: [...accounts.keys()], until }, now, accounts)
    }),
  )
  return [...new Set(missing)].toSorted()
}

const grantsOfTeams = async (
  read: Reader,
  { tenant }: Pick<MemberState, 'tenant'>,
  teams: readonly TeamId[],
  readGrants: ReadGrants,
): Promise<readonly GrantsFacts[]> => {
  const holders = teams.map(teamRef)
  const found = await read.getAll(holders.map((holder) => grantsPath(tenant, holder)))
  return holders.map((holder, index) => readGrants(tenant, holder, found[index]))
}

/** What the acting person lacks of a team's roles. */
export const missingOfTeam = async (
  read: Reader,
  at: Pick<MemberState, 'tenant'> & { readonly team: TeamId },
  asking: Asking,
  { readGrants }: Pick<DirectoryDependencies, 'readGrants'>,
): Promise<readonly string[]> => missingOf(await grantsOfTeams(read, at, [at.team], readGrants), asking)

/** What the acting person lacks of a member's roles and of those of the teams that they are in, whatever their status. */
export const missingOfMember = async (
  read: Reader,
  state: Pick<MemberState, 'tenant' | 'principal' | 'grants'>,
  asking: Asking,
  { readGrants }: Pick<DirectoryDependencies, 'readGrants'>,
): Promise<readonly string[]> => {
  const own = readGrants(state.tenant, state.principal, state.grants)
  return missingOf([own, ...(await grantsOfTeams(read, state, own.teams, readGrants))], asking)
}
