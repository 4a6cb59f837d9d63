// Every way by which power comes into the world: a new one is proved by a row here.
import { mailOf } from '../../support/world.ts'
import { accepted, accountNames, keyInput, type Minted, minting, type Path, permissionsFor, scopesAt } from './gifts.ts'
import { keyGiver, personWith, selfOf, standingOf } from './ground.ts'
import { pathsOfKeys } from './paths-of-keys.ts'
import { pathsOfRoles } from './paths-of-roles.ts'
import type { Grant } from './power.ts'

export const paths: readonly Path[] = [
  ...pathsOfRoles,
  ...pathsOfKeys,
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
      // Their roles are gone already: until it is handed over, the key is good for nothing.
      const theirs = { tenant: ground.agency, principal: { user: leaver.uid } }
      const { items } = await ground.owner().must('roles/listAssignments', theirs)
      for (const { assignment } of items)
        await ground.owner().must('roles/unassign', { tenant: ground.agency, assignment })
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
