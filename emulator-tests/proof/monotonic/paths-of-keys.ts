// Every way by which a key that is there comes to more, or its power to somebody else: changed, rotated, brought back, exchanged.
import type { Actor, Answer } from '../../support/world.ts'
import { keyInput, type Minted, type Path, scopesAt } from './gifts.ts'
import { type Giver, type Ground, keyGiver, selfOf } from './ground.ts'
import type { Receivers } from './receivers.ts'

interface Made {
  readonly at: { readonly tenant: string; readonly key: string }
  readonly secret: string
  readonly maker: Actor
}

/** A key of a strong service account, made by an owner, near what the giver holds. */
const strongKey = async (ground: Ground, giver: Giver, to: Receivers, more: object = {}): Promise<Made> => {
  const drawn = keyInput(ground, giver)
  const input = { ...drawn, tenant: ground.agency, service: to.strong, ...more }
  const maker = ground.owner()
  const made: Answer = await maker.must('apiKeys/create', input)
  return { at: { tenant: ground.agency, key: made.key.key }, secret: made.secret, maker }
}

/** A key that acts as the owner who made it: another person never comes to a secret of it, whatever they hold. */
const personalKey = (ground: Ground, giver: Giver, to: Receivers): Promise<Made> =>
  strongKey(ground, giver, to, { service: undefined })

const refusedToOthers = (answer: Answer): void => {
  if (answer.ok) throw new Error('a secret that acts as another person was handed out')
}

const holding = (ground: Ground, secret: string) => selfOf(ground.world.withKey(secret))

const given = (ground: Ground, answer: Answer, secret: string): Minted =>
  answer.ok ? { ok: true, value: { receiver: holding(ground, secret) } } : answer

export const pathsOfKeys: readonly Path[] = [
  {
    name: 'a new secret of somebody’s key',
    operations: ['apiKeys/rotate'],
    ready: async (ground, giver, to) => {
      const { at } = await strongKey(ground, giver, to)
      const personal = await personalKey(ground, giver, to)
      const mint = async (): Promise<Minted> => {
        const overlapSeconds = ground.random.below(100)
        const rotate = (key: Made['at']) => giver.actor.call('apiKeys/rotate', { ...key, overlapSeconds })
        refusedToOthers(await rotate(personal.at))
        const rotated: Answer = await rotate(at)
        return given(ground, rotated, rotated.ok ? rotated.value.secret : '')
      }
      return { before: undefined, mint }
    },
  },
  {
    name: 'an old secret that lives on',
    operations: ['apiKeys/cancelRotation'],
    ready: async (ground, giver, to) => {
      const made = await strongKey(ground, giver, to)
      const personal = await personalKey(ground, giver, to)
      for (const { at, maker } of [made, personal]) await maker.must('apiKeys/rotate', { ...at, overlapSeconds: 3_600 })
      const mint = async (): Promise<Minted> => {
        refusedToOthers(await giver.actor.call('apiKeys/cancelRotation', personal.at))
        const cancelled: Answer = await giver.actor.call('apiKeys/cancelRotation', made.at)
        return given(ground, cancelled, made.secret)
      }
      return { before: undefined, mint }
    },
  },
  {
    name: 'a rotation that is finished',
    operations: ['apiKeys/finishRotation'],
    ready: async (ground, giver, to) => {
      const { at, maker } = await strongKey(ground, giver, to)
      const { secret } = await maker.must('apiKeys/rotate', { ...at, overlapSeconds: 3_600 })
      const mint = async () => given(ground, await giver.actor.call('apiKeys/finishRotation', at), secret)
      return { before: holding(ground, secret), mint }
    },
  },
  {
    name: 'more scopes, accounts or days for somebody’s key',
    operations: ['apiKeys/update'],
    ready: async (ground, giver, to) => {
      const { random, accounts } = ground
      const expiresAt = new Date(ground.world.app.clock() + 7_200_000).toISOString()
      const small = { scopes: ['iam/tenants.readonly'], accounts: [random.pick(accounts)], expiresAt }
      const { at, secret } = await strongKey(ground, giver, to, small)
      const wanted = keyInput(ground, giver) as { readonly scopes: readonly string[]; readonly expiresAt?: string }
      const change = {
        scopes: [...new Set(['iam/tenants.readonly', ...wanted.scopes])],
        ...(random.chance(0.5) ? { accounts: random.chance(0.5) ? null : [...accounts] } : {}),
        ...(wanted.expiresAt === undefined ? {} : { expiresAt: wanted.expiresAt }),
      }
      const before = holding(ground, secret)
      return {
        before,
        mint: async () => given(ground, await giver.actor.call('apiKeys/update', { ...at, ...change }), secret),
      }
    },
  },
  {
    name: 'a key that is enabled again',
    operations: ['apiKeys/enable'],
    ready: async (ground, giver, to) => {
      const make = ground.random.chance(0.5) ? strongKey : personalKey
      const { at, secret } = await make(ground, giver, to)
      await ground.owner().must('apiKeys/disable', at)
      return {
        before: undefined,
        mint: async () => given(ground, await giver.actor.call('apiKeys/enable', at), secret),
      }
    },
  },
  {
    name: 'an access token of a key',
    operations: ['credentials/exchange'],
    giver: async (ground) => {
      const { random, agency, accounts } = ground
      const inside = random.chance(0.3)
      const some = random.some(scopesAt(inside ? 'account' : 'agency'), 10).map(({ name }) => name)
      const at = inside ? random.pick(accounts) : agency
      const role = inside ? 'account.admin' : 'agency.admin'
      const none = { accounts: [], condition: undefined, until: undefined }
      return keyGiver(ground, [...new Set([...some, 'iam/access.readonly'])], { at, role, reach: 'subtree', ...none })
    },
    ready: async (ground, giver) => {
      const { random, accounts } = ground
      const own = giver.power.key?.scopes ?? []
      const scopes = random.chance(0.7)
        ? random.some(own, 4)
        : random.some(scopesAt('agency'), 2).map(({ name }) => name)
      const input = {
        ...(scopes.length === 0 ? {} : { scopes }),
        ...(random.chance(0.5) ? { tenant: random.pick(accounts) } : {}),
      }
      const mint = async (): Promise<Minted> => {
        const token: Answer = await giver.actor.call('credentials/exchange', input)
        return given(ground, token, token.ok ? token.value.access_token : '')
      }
      return { before: undefined, mint }
    },
  },
]
