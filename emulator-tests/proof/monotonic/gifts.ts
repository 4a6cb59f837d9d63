// What is given: drawn near what the giver holds, so that about as much goes through as is refused.
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import type { IamError } from '@latchkey/core/kernel/errors'
import type { Result } from '@latchkey/core/kernel/result'
import type { Answer } from '../../support/world.ts'
import { drawGrant, type Giver, type Ground, inputOf, type Receiver, selfOf } from './ground.ts'
import { type Grant, type Place, permissionsOf } from './power.ts'
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
export const giftOf = (ground: Ground, { power, end }: Giver): Grant => {
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

export const accountNames = initial.permissions
  .filter(({ levels }) => levels.includes('account'))
  .map(({ name }) => name)

/** Permissions that the giver mostly holds. */
export const permissionsFor = (ground: Ground, { power }: Giver): readonly string[] => {
  const { random } = ground
  const held = power.grants
    .flatMap(({ role }) => permissionsOf(role, ground.custom))
    .filter((name) => accountNames.includes(name))
  const own = held.length === 0 ? [] : random.some(held, 8)
  return [...new Set([...own, ...(random.chance(0.3) ? random.some(accountNames, 3) : [])])]
}

export const assigning = (
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

export const person = (to: Receivers, index: number) => {
  const found = to.people[index]
  if (found === undefined) throw new Error('there are three of them')
  return found
}

export const accepted = async (ground: Ground, uid: string, offered: Result<Answer, IamError>): Promise<Minted> => {
  if (!offered.ok) return offered
  const actor = await ground.world.person(uid)
  const taken = await actor.call('members/acceptInvitation', {
    secret: offered.value.secret ?? offered.value.invitation.secret,
  })
  return taken.ok ? { ok: true, value: { receiver: selfOf(actor) } } : taken
}

/** Those that mean something at this kind of tenant or below it. */
export const scopesAt = (level: 'agency' | 'account'): readonly (typeof initial.scopes)[number][] =>
  initial.scopes.filter(({ levels }) => levels.includes('account') || levels.includes(level))

/** Mostly scopes whose permissions the giver holds somewhere. */
const scopesFor = ({ random, custom }: Ground, { power }: Giver, level: 'agency' | 'account'): readonly string[] => {
  const held = new Set(power.grants.flatMap(({ role }) => permissionsOf(role, custom)))
  const whole = scopesAt(level).filter(({ permissions }) => permissions.every((name) => held.has(name)))
  const among = whole.length > 0 && random.chance(0.7) ? whole : scopesAt(level)
  return [...new Set([random.pick(among).name, ...random.some(among, 2).map(({ name }) => name)])]
}

export const keyInput = (ground: Ground, giver: Giver): object => {
  const { random, accounts } = ground
  const gift = giftOf(ground, giver)
  const narrowed = gift.at === ground.agency && random.chance(0.5) ? { accounts: [random.pick(accounts)] } : {}
  const expires = gift.until === undefined ? {} : { expiresAt: new Date(gift.until).toISOString() }
  const scopes = scopesFor(ground, giver, gift.at === ground.agency ? 'agency' : 'account')
  return { tenant: gift.at, name: 'Minted', scopes, ...narrowed, ...expires }
}

export const minting = async (ground: Ground, giver: Giver, input: object): Promise<Minted> => {
  const made = await giver.actor.call('apiKeys/create', input)
  return made.ok ? { ok: true, value: { receiver: selfOf(ground.world.withKey(made.value.secret)) } } : made
}
