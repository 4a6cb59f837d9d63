// Power by roles: given to somebody, offered to somebody, written into a role, or had by being in a team.
import { accepted, assigning, giftOf, type Path, permissionsFor, person } from './gifts.ts'
import { inputOf, offerOf, selfOf, standingOf } from './ground.ts'
import { permissionsOf } from './power.ts'

export const pathsOfRoles: readonly Path[] = [
  {
    name: 'a role to a person',
    operations: ['roles/assign'],
    ready: assigning(
      (to) => ({ user: person(to, 0).uid }),
      (_ground, to) => selfOf(person(to, 0).actor),
    ),
  },
  {
    name: 'a role to a service account',
    operations: ['roles/assign'],
    ready: assigning(
      (to) => ({ service: to.service }),
      (ground, to) => standingOf(ground, { service: to.service }),
    ),
  },
  {
    name: 'a role to a team',
    operations: ['roles/assign'],
    ready: assigning(
      (to) => ({ team: to.team }),
      (_ground, to) => selfOf(person(to, 0).actor),
    ),
  },
  {
    name: 'an invitation, taken up',
    operations: ['members/invite', 'members/acceptInvitation'],
    ready: async (ground, giver) => {
      const uid = ground.freshUid()
      const gift = giftOf(ground, giver)
      const mint = async () => accepted(ground, uid, await giver.actor.call('members/invite', offerOf(gift, uid)))
      return { before: undefined, mint }
    },
  },
  {
    name: 'an invitation, sent again',
    operations: ['members/resendInvitation', 'members/acceptInvitation'],
    ready: async (ground, giver) => {
      const uid = ground.freshUid()
      const gift = giftOf(ground, giver)
      const { invitation } = await ground.owner().must('members/invite', offerOf(gift, uid))
      const again = () => giver.actor.call('members/resendInvitation', { tenant: gift.at, invitation })
      return { before: undefined, mint: async () => accepted(ground, uid, await again()) }
    },
  },
  {
    name: 'a new role, given',
    operations: ['roles/create', 'roles/assign'],
    ready: async (ground, giver, to) => {
      const { random, agency, accounts } = ground
      const tenant = random.chance(0.6) ? agency : random.pick(accounts)
      const permissions = permissionsFor(ground, giver)
      const includes = random.chance(0.3) ? [random.pick(['account.viewer', 'account.salesRep'])] : []
      const receiver = selfOf(person(to, 0).actor)
      let assignment: string | undefined
      return {
        before: receiver,
        mint: async () => {
          const name = `Role ${ground.freshUid()}`
          const made = await giver.actor.call('roles/create', { tenant, name, permissions, includes })
          if (!made.ok) return made
          const { role } = made.value
          if (tenant === agency) {
            ground.custom.set(role, [...permissions, ...includes.flatMap((one) => permissionsOf(one, ground.custom))])
          }
          const gift = { ...giftOf(ground, giver), at: tenant, role, reach: 'node' as const, accounts: [] }
          const given = await giver.actor.call('roles/assign', {
            ...inputOf(gift),
            principal: { user: person(to, 0).uid },
          })
          if (!given.ok) return given
          assignment = given.value.assignment
          return { ok: true, value: { receiver } }
        },
        after: async () => {
          if (assignment !== undefined) await ground.owner().must('roles/unassign', { tenant, assignment })
        },
      }
    },
  },
  {
    name: 'more in a role that somebody holds',
    operations: ['roles/update'],
    ready: async (ground, giver, to) => {
      const { tenant, role, holder } = ground.random.pick(to.roles)
      const permissions = permissionsFor(ground, giver)
      const receiver = selfOf(person(to, holder).actor)
      return {
        before: receiver,
        mint: async () => {
          const changed = await giver.actor.call('roles/update', { tenant, role, permissions })
          return changed.ok ? { ok: true, value: { receiver } } : changed
        },
        after: () => ground.owner().must('roles/update', { tenant, role, permissions: [] }),
      }
    },
  },
  {
    name: 'a place in a team',
    operations: ['teams/addMember'],
    ready: async (ground, giver, to) => {
      const owner = ground.owner()
      const gift = { ...giftOf(ground, giver) }
      const grant = gift.role === 'account.owner' ? { ...gift, role: 'account.admin' } : gift
      const { team } = await owner.must('teams/create', { tenant: grant.at, name: `Team ${ground.freshUid()}` })
      await owner.must('roles/assign', { ...inputOf(grant), principal: { team } })
      const receiver = selfOf(person(to, 1).actor)
      return {
        before: receiver,
        mint: async () => {
          const input = { tenant: grant.at, team, principal: { user: person(to, 1).uid } }
          const added = await giver.actor.call('teams/addMember', input)
          return added.ok ? { ok: true, value: { receiver } } : added
        },
        after: () => owner.must('teams/delete', { tenant: grant.at, team }),
      }
    },
  },
]
