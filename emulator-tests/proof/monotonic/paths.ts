// Every way by which power comes into the world: a new one is proved by a row here.
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import type { IamError } from '@latchkey/core/kernel/errors'
import type { Result } from '@latchkey/core/kernel/result'
import { type Answer, mailOf } from '../../support/world.ts'
import {
  drawGrant,
  type Giver,
  type Ground,
  inputOf,
  keyGiver,
  offerOf,
  personWith,
  type Receiver,
  selfOf,
  standingOf,
} from './ground.ts'
import type { Grant, Place } from './power.ts'
import { permissionsOf } from './power.ts'
import type { Receivers } from './receivers.ts'

export type Minted = Result<{ readonly receiver: Receiver; readonly place?: Place }, IamError>

export interface Ready {
  /** Who is given to, when they are there before. */
  readonly before: Receiver | undefined
  readonly mint: () => Promise<Minted>
  /** Takes back what was given. */
  readonly after?: () => Promise<unknown>
}

export interface Path {
  readonly name: string
  /** The operations of it that make or pass on power. */
  readonly operations: readonly string[]
  /** A giver of its own kind; else a person who administers something. */
  readonly giver?: (ground: Ground) => Promise<Giver>
  readonly ready: (ground: Ground, giver: Giver, to: Receivers) => Promise<Ready>
}

/** Often something like what the giver holds, sometimes anything. */
const giftOf = (ground: Ground, { power, end }: Giver): Grant => {
  const { random } = ground
  const drawn = drawGrant(ground)
  if (random.chance(0.1)) {
    return {
      ...drawn,
      at: random.pick(ground.accounts),
      role: 'account.owner',
      reach: 'subtree',
      accounts: [],
      condition: undefined,
      until: undefined,
    }
  }
  if (random.chance(0.4)) return drawn
  const held = random.pick(power.grants)
  const smaller = { 'agency.admin': 'agency.auditor', 'account.admin': 'account.viewer' }[held.role] ?? held.role
  const until = random.chance(0.8) ? end : drawn.until
  return { ...held, role: random.chance(0.7) ? smaller : held.role, condition: drawn.condition, until }
}

const accountNames = initial.permissions.filter(({ levels }) => levels.includes('account')).map(({ name }) => name)

/** Permissions that the giver mostly holds. */
const permissionsFor = (ground: Ground, { power }: Giver): readonly string[] => {
  const { random } = ground
  const held = power.grants
    .flatMap(({ role }) => permissionsOf(role, ground.custom))
    .filter((name) => accountNames.includes(name))
  const own = held.length === 0 ? [] : random.some(held, 8)
  return [...new Set([...own, ...(random.chance(0.3) ? random.some(accountNames, 3) : [])])]
}

const assigning = (
  principal: (to: Receivers) => object,
  receiver: (ground: Ground, to: Receivers) => Receiver,
): Path['ready'] => {
  return async (ground, giver, to) => {
    const gift = giftOf(ground, giver)
    let assignment: string | undefined
    return {
      before: receiver(ground, to),
      mint: async () => {
        const given = await giver.actor.call('roles/assign', { ...inputOf(gift), principal: principal(to) })
        if (!given.ok) return given
        assignment = given.value.assignment
        return { ok: true, value: { receiver: receiver(ground, to) } }
      },
      after: async () => {
        if (assignment !== undefined) await ground.owner().must('roles/unassign', { tenant: gift.at, assignment })
      },
    }
  }
}

const person = (to: Receivers, index: number) => {
  const found = to.people[index]
  if (found === undefined) throw new Error('there are three of them')
  return found
}

const accepted = async (ground: Ground, uid: string, offered: Result<Answer, IamError>): Promise<Minted> => {
  if (!offered.ok) return offered
  const actor = await ground.world.person(uid)
  const taken = await actor.call('members/acceptInvitation', {
    secret: offered.value.secret ?? offered.value.invitation.secret,
  })
  return taken.ok ? { ok: true, value: { receiver: selfOf(actor) } } : taken
}

/** Those that mean something at this kind of tenant or below it. */
const scopesAt = (level: 'agency' | 'account'): readonly (typeof initial.scopes)[number][] =>
  initial.scopes.filter(({ levels }) => levels.includes('account') || levels.includes(level))

/** Mostly scopes whose permissions the giver holds somewhere. */
const scopesFor = ({ random, custom }: Ground, { power }: Giver, level: 'agency' | 'account'): readonly string[] => {
  const held = new Set(power.grants.flatMap(({ role }) => permissionsOf(role, custom)))
  const whole = scopesAt(level).filter(({ permissions }) => permissions.every((name) => held.has(name)))
  const among = whole.length > 0 && random.chance(0.7) ? whole : scopesAt(level)
  return [...new Set([random.pick(among).name, ...random.some(among, 2).map(({ name }) => name)])]
}

const keyInput = (ground: Ground, giver: Giver): object => {
  const { random, accounts } = ground
  const gift = giftOf(ground, giver)
  const narrowed = gift.at === ground.agency && random.chance(0.5) ? { accounts: [random.pick(accounts)] } : {}
  const expires = gift.until === undefined ? {} : { expiresAt: new Date(gift.until).toISOString() }
  const scopes = scopesFor(ground, giver, gift.at === ground.agency ? 'agency' : 'account')
  return { tenant: gift.at, name: 'Minted', scopes, ...narrowed, ...expires }
}

const minting = async (ground: Ground, giver: Giver, input: object): Promise<Minted> => {
  const made = await giver.actor.call('apiKeys/create', input)
  return made.ok ? { ok: true, value: { receiver: selfOf(ground.world.withKey(made.value.secret)) } } : made
}

export const paths: readonly Path[] = [
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
    name: 'a key of one’s own',
    operations: ['apiKeys/create'],
    ready: async (ground, giver) => ({
      before: undefined,
      mint: () => minting(ground, giver, keyInput(ground, giver)),
    }),
  },
  {
    name: 'a key of a service account',
    operations: ['apiKeys/create'],
    ready: async (ground, giver, to) => {
      const input = { ...keyInput(ground, giver), tenant: ground.agency, service: to.strong }
      return { before: undefined, mint: () => minting(ground, giver, input) }
    },
  },
  {
    name: 'a key made by a key',
    operations: ['apiKeys/create'],
    giver: async (ground) => {
      const { random, agency, accounts } = ground
      const inside = random.chance(0.3)
      const some = random.some(scopesAt(inside ? 'account' : 'agency'), 25).map(({ name }) => name)
      const scopes = [...some, 'iam/tenants.readonly', 'iam/apiKeys.write', 'iam/credentials.delegate']
      const at = inside ? random.pick(accounts) : agency
      const role = inside ? 'account.admin' : 'agency.admin'
      const none = { accounts: [], condition: undefined, until: undefined }
      return keyGiver(ground, [...new Set(scopes)], { at, role, reach: 'subtree', ...none })
    },
    ready: async (ground, giver) => {
      const { key } = giver.power
      const own = key === undefined ? [] : ground.random.some(key.scopes, 3)
      const drawn = keyInput(ground, giver)
      const input = ground.random.chance(0.6) && own.length > 0 ? { ...drawn, tenant: key?.at, scopes: own } : drawn
      return { before: undefined, mint: () => minting(ground, giver, input) }
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
  {
    name: 'a new account and its owner',
    operations: ['tenants/create', 'members/acceptInvitation'],
    ready: async (ground, giver) => {
      const uid = ground.freshUid()
      const mint = async (): Promise<Minted> => {
        const input = { parent: ground.agency, name: `Shop ${uid}`, ownerEmail: mailOf(uid) }
        const made = await giver.actor.call('tenants/create', input)
        const taken = await accepted(ground, uid, made)
        if (!taken.ok || !made.ok) return taken
        return { ok: true, value: { ...taken.value, place: { tenant: made.value.tenant, kind: 'account' } } }
      }
      return { before: undefined, mint }
    },
  },
  {
    name: 'a guardrail that denies less',
    operations: ['roles/setGuardrail'],
    ready: async (ground, giver, to) => {
      const { random, agency, accounts } = ground
      const tenant = random.chance(0.5) ? agency : random.pick(accounts)
      const drawn = [random.pick(accountNames), ...random.some(accountNames, 4), ...permissionsFor(ground, giver)]
      const denied = [...new Set(drawn)].filter((name) => !name.startsWith('iam.')).concat('contacts.export')
      const set = (deniedPermissions: readonly string[]) => ({ tenant, deniedPermissions, reason: 'for the proof' })
      await ground.owner().must('roles/setGuardrail', set(denied))
      const left = random.some(denied, denied.length - 1)
      const receiver = standingOf(ground, { service: to.strong })
      return {
        before: receiver,
        mint: async () => {
          const loosened = await giver.actor.call('roles/setGuardrail', set(left))
          return loosened.ok ? { ok: true, value: { receiver } } : loosened
        },
        after: () => ground.owner().must('roles/setGuardrail', set([])),
      }
    },
  },
  {
    name: 'a key of somebody who leaves',
    operations: ['members/transfer'],
    ready: async (ground, giver, to) => {
      const none = { accounts: [], condition: undefined, until: undefined }
      const own: Grant = { at: ground.agency, role: 'agency.auditor', reach: 'subtree', ...none }
      const leaver = await personWith(ground, [own, { ...own, role: 'agency.admin', reach: 'node' }])
      const scopes = ['iam/tenants.readonly', 'iam/roles.readonly']
      const made = await leaver.actor.must('apiKeys/create', { tenant: ground.agency, name: 'Left', scopes })
      const receiver = selfOf(ground.world.withKey(made.secret))
      // Suspended, as somebody who leaves in anger is: until it is handed over, the key is good for nothing.
      const principal = { user: leaver.uid }
      await ground.owner().must('members/suspend', { tenant: ground.agency, principal, reason: 'leaves' })
      const mint = async (): Promise<Minted> => {
        const input = { tenant: ground.agency, user: leaver.uid, keys: { service: to.strong }, reason: 'leaves' }
        const handed = await giver.actor.call('members/transfer', input)
        return handed.ok ? { ok: true, value: { receiver } } : handed
      }
      return { before: receiver, mint }
    },
  },
  {
    name: 'a service account',
    operations: ['members/createService'],
    ready: async (ground, giver) => {
      const mint = async (): Promise<Minted> => {
        const tenant = ground.random.pick([ground.agency, ...ground.accounts])
        const made = await giver.actor.call('members/createService', { tenant, name: 'Robot' })
        return made.ok ? { ok: true, value: { receiver: standingOf(ground, { service: made.value.service }) } } : made
      }
      return { before: undefined, mint }
    },
  },
]
