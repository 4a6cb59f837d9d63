// Every operation that writes, before and after a backup: what a restored database has after the replay is nowhere wider than what was lost.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { instantOf } from '@latchkey/core/kernel/time'
import { auditLine } from '@latchkey/core/lifecycle/restore/audit-line'
import { shapes } from '@latchkey/core/lifecycle/restore/taken'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { enrol, signIn } from '../../dev/demo/actors.ts'
import { type App, createApp } from '../../functions/src/app.ts'
import { operationRunner } from '../../functions/src/groups/long-operations.ts'
import { reconciler } from '../../functions/src/groups/reconcile.ts'
import { restorePlatform } from '../../functions/src/groups/restore-platform.ts'
import { collectionOf, collectionsOf } from '../../functions/src/platform/store/collections.ts'
import { compareAccounts } from '../../functions/src/rooms/directory/compare-accounts.ts'
import { type Gathered, gatherTakings } from '../../functions/src/rooms/lifecycle/restore/gather-takings.ts'
import { newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import { allowedIn } from '../support/allowed-in.ts'
import { copyDatabase } from '../support/copy-database.ts'
import { fly } from '../support/fly.ts'
import { breachesIn } from '../support/invariants.ts'
import { clearFirestore, endpoints } from '../support/stack.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, actor, allOperations, mailOf } from '../support/world.ts'

const reason = 'as people do'
const asked = { principals: new Set<string>(), secrets: new Map<string, string>(), tenants: new Set<string>() }
const kept = new Map<string, Answer>()

type Step = (two: TwoAgencies, platform: Actor) => Promise<unknown>
interface Case {
  readonly what: string
  readonly before: Step
  readonly after: Step
}

const keyOf = async (name: string, maker: Actor, tenant: string, more: object = {}) => {
  const made = await newKey(maker, tenant, { name, ...more })
  asked.secrets.set(name, made.secret)
  kept.set(name, made.key.key)
  return made
}
const note = async (name: string, made: Promise<Answer>) => void kept.set(name, await made)

const type = (levels: readonly string[], ...actions: readonly string[]) => ({
  type: 'deal',
  title: 'Deal',
  actions: actions.map((name) => ({ name })),
  levels,
})

const cases: readonly Case[] = [
  {
    what: 'keys of an owner who holds nothing at the account itself',
    before: async ({ world, north }) => {
      await world.join(north.owner, 'cross', { tenant: north.agency, role: 'agency.admin', reach: 'subtree' })
      await keyOf('cross', await world.person('cross'), north.account)
    },
    after: ({ north }) =>
      north.owner.must('apiKeys/revokeAll', { tenant: north.account, owner: { user: 'cross' }, reason }),
  },
  ...(['members/suspend', 'members/deleteService'] as const).map(
    (operation): Case => ({
      what: `${operation} of a service that holds something in an account alone`,
      before: async ({ north: { owner, agency, account } }) => {
        const { service } = await owner.must('members/createService', { tenant: agency, name: operation })
        await owner.must('roles/assign', {
          tenant: account,
          principal: { service },
          role: 'account.admin',
          reach: 'node',
        })
        asked.principals.add(`service:${service}`)
        kept.set(operation, service)
      },
      after: ({ north: { owner, agency } }) =>
        owner.must(operation, {
          tenant: agency,
          reason,
          ...(operation === 'members/suspend'
            ? { principal: { service: kept.get(operation) } }
            : { service: kept.get(operation) }),
        }),
    }),
  ),
  {
    what: 'a level and an action of an own permission',
    before: ({ north: { owner, agency } }) =>
      owner.must('resources/registerType', { tenant: agency, ...type(['agency', 'account'], 'read', 'write') }),
    after: ({ north: { owner, agency } }) =>
      owner.must('resources/registerType', { tenant: agency, ...type(['agency'], 'read') }),
  },
  {
    what: 'a team',
    before: async ({ world, north: { owner, agency } }) => {
      await world.join(owner, 'mate', { tenant: agency, role: 'agency.support', reach: 'subtree' })
      for (const name of ['strong', 'weak']) {
        const { team } = await owner.must('teams/create', { tenant: agency, name })
        kept.set(name, team)
      }
      await owner.must('teams/addMember', { tenant: agency, team: kept.get('strong'), principal: { user: 'mate' } })
      const principal = { team: kept.get('strong') }
      await owner.must('roles/assign', { tenant: agency, principal, role: 'agency.admin', reach: 'subtree' })
      asked.principals.add('user:mate')
    },
    after: ({ north: { owner, agency } }) =>
      owner.must('teams/removeMember', { tenant: agency, team: kept.get('strong'), principal: { user: 'mate' } }),
  },
  {
    what: 'invitations',
    before: async ({ north: { owner, agency } }) => {
      for (const name of ['revoked', 'resent', 'accepted', 'withdrawn'])
        await note(
          name,
          owner.must('members/invite', {
            tenant: agency,
            email: mailOf(name),
            role: 'agency.support',
            reach: 'subtree',
          }),
        )
    },
    after: async ({ world, north: { owner, agency } }) => {
      await owner.must('members/revokeInvitation', { tenant: agency, invitation: kept.get('revoked').invitation })
      await owner.must('members/resendInvitation', { tenant: agency, invitation: kept.get('resent').invitation })
      await (await world.person('accepted')).must('members/acceptInvitation', { secret: kept.get('accepted').secret })
      await owner.must('members/remove', { tenant: agency, user: 'accepted' })
    },
  },
  {
    what: 'what a leaving person has',
    before: async ({ world, north: { owner, agency } }) => {
      await world.join(owner, 'leaving', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
      const leaving = await world.person('leaving')
      await keyOf('handed', leaving, agency)
      await note(
        'byleaver',
        leaving.must('members/invite', {
          tenant: agency,
          email: mailOf('byleaver'),
          role: 'agency.support',
          reach: 'subtree',
        }),
      )
    },
    after: ({ north: { owner, agency, service } }) =>
      owner.must('members/transfer', { tenant: agency, user: 'leaving', keys: { service }, reason }),
  },
  {
    what: 'people of the platform',
    before: async ({ world }, platform) => {
      for (const uid of ['staffed', 'stopped']) {
        await world.join(platform, uid, { tenant: 'platform', role: 'platform.owner', reach: 'subtree' })
        asked.principals.add(`user:${uid}`)
      }
      await keyOf('ofstopped', await world.person('stopped'), 'platform')
    },
    after: async (_, platform) => {
      await platform.must('members/suspend', { tenant: 'platform', principal: { user: 'stopped' }, reason })
      await platform.must('members/remove', { tenant: 'platform', user: 'staffed' })
    },
  },
  {
    what: 'a person whom Firebase Auth has shut out',
    before: async ({ world, north: { owner, agency } }) => {
      await world.join(owner, 'shutout', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
      asked.principals.add('user:shutout')
    },
    after: ({ world: { app } }) =>
      compareAccounts({
        ...{ read: app.store.read, commit: app.store.commit, drawId: app.drawId },
        accounts: {
          standingOf: async (uids) => new Map(uids.map((uid) => [uid, uid === 'shutout' ? 'disabled' : 'active'])),
          setDisabled: async () => undefined,
        },
      }).page(undefined, app.clock()),
  },
  {
    what: 'an agency with its accounts',
    before: async ({ world }) => {
      const agency = await world.agency('Ending', 'endowner')
      const { tenant } = await (await world.person('endowner')).must('tenants/create', { parent: agency, name: 'Last' })
      kept.set('ending', agency)
      asked.principals.add('user:endowner')
      asked.tenants.add(agency).add(tenant)
    },
    after: async ({ world }, platform) => {
      const ended = await platform.must('tenants/delete', { tenant: kept.get('ending'), reason, confirmName: 'Ending' })
      await operationRunner(world.app).run({ runId: 'run_1', now: world.app.clock() }, { operation: ended.operation })
    },
  },
  {
    what: 'what a guardrail lets keys have',
    before: async ({ south: { owner, agency, account, service } }) => {
      await keyOf('capped', owner, agency)
      await keyOf('below', owner, account)
      await keyOf('ofservice', owner, agency, { service })
    },
    after: async ({ south: { owner, agency, account } }) => {
      await owner.must('roles/setGuardrail', {
        tenant: agency,
        deniedPermissions: ['contacts.write'],
        keyScopes: ['contacts.readonly'],
        keyKinds: ['service'],
        maxKeyLifetimeDays: 300,
        reason,
      })
      await owner.must('roles/setGuardrail', { tenant: account, deniedPermissions: [], keyKinds: [], reason })
    },
  },
  {
    what: 'the accounts and the addresses of a key',
    before: async ({ north: { owner, agency, account } }) => {
      const { tenant } = await owner.must('tenants/create', { parent: agency, name: 'Second' })
      kept.set('second', tenant)
      asked.tenants.add(tenant)
      await keyOf('listed', owner, agency, { accounts: [account, tenant] })
      await keyOf('everywhere', owner, agency)
      await keyOf('addressed', owner, agency)
      await keyOf('limited', owner, agency, { rate: 'high' })
    },
    after: async ({ north: { owner, agency, account } }) => {
      const update = (name: string, more: object) =>
        owner.must('apiKeys/update', { tenant: agency, key: kept.get(name), ...more })
      await update('listed', { accounts: [account] })
      await update('everywhere', { accounts: [kept.get('second')] })
      await update('everywhere', { accounts: [account] })
      await update('addressed', { allowedAddresses: ['192.0.2.0/24'] })
      await update('addressed', { allowedAddresses: ['198.51.100.0/24'] })
      await update('limited', { rate: 'trial' })
    },
  },
  {
    what: 'a rotation that was taken back',
    before: async ({ north: { owner, agency } }) => {
      const made = await keyOf('turned', owner, agency)
      const { secret } = await owner.must('apiKeys/rotate', {
        tenant: agency,
        key: made.key.key,
        overlapSeconds: 3_600,
      })
      asked.secrets.set('turned anew', secret)
    },
    after: ({ north: { owner, agency } }) =>
      owner.must('apiKeys/cancelRotation', { tenant: agency, key: kept.get('turned') }),
  },
  {
    what: 'resources',
    before: async ({ north: { owner, account } }) => {
      for (const id of ['r1', 'r2'])
        await owner.must('resources/put', { tenant: account, type: 'contacts', id, ownerId: 'mate' })
    },
    after: async ({ north: { owner, account } }) => {
      await owner.must('resources/put', { tenant: account, type: 'contacts', id: 'r1', ownerId: 'cross' })
      await owner.must('resources/delete', { tenant: account, type: 'contacts', id: 'r2' })
    },
  },
  {
    what: 'secrets of a webhook',
    before: ({ north: { owner, agency } }) =>
      note(
        'hook',
        owner.must('webhooks/create', { tenant: agency, name: 'Hook', url: 'https://hooks.shop.com/in', types: ['*'] }),
      ),
    after: ({ north: { owner, agency } }) =>
      owner.must('webhooks/rotateSecret', {
        tenant: agency,
        webhook: kept.get('hook').webhook.webhook,
        overlapSeconds: 0,
      }),
  },
]

let two: TwoAgencies
let folder: string
let restored: string
let app: App
let said: number
let since: number

const reopen = async (): Promise<App> => {
  await app?.store.close()
  app = createApp(
    {
      ...{ GCLOUD_PROJECT: restored, FIRESTORE_EMULATOR_HOST: endpoints.firestore },
      ...{ LK_INVOKER_TOKEN: 'b1946ac92492d2347c6235b4d2611184', LK_KMS_ENDPOINT: endpoints.kms },
    },
    { clock: two.world.app.clock, log: () => undefined, publish: async () => undefined },
  )
  return app
}

const put = () =>
  copyDatabase(restored, 'import', { export_directory: join(folder, 'backup', 'backup.overall_export_metadata') })

const gathered = (later = 0) => {
  const lines = two.world.logs
    .slice(said)
    .map((line): unknown => JSON.parse(line))
    .flatMap((line) => auditLine.safeParse(line).data ?? [])
  return gatherTakings(lines, instantOf(since + later))
}

const narrowed = (lines: Pick<Gathered, 'pieces' | 'newestEarlier'>) =>
  restorePlatform(app, lines, {
    ...{ since: instantOf(since), dryRun: false, progress: () => undefined },
    ending: { keys: false, sessions: false },
  })

const replay = async () => {
  await reopen()
  const done = await narrowed(gathered())
  await reopen()
  return done
}

const revived = async (): Promise<readonly string[]> => {
  const lost = await allowedIn(two.world.app, asked)
  await reopen()
  return [...(await allowedIn(app, asked))].filter((line) => !lost.has(line))
}

const signedIn = async (uid: string): Promise<Actor> => {
  const person = { uid, who: uid, name: uid, email: mailOf(uid) }
  await enrol({ auth: endpoints.auth, projectId: restored }, person).catch(() => undefined) // enrolled before
  const token = await signIn({ auth: endpoints.auth, projectId: restored }, person.email)
  return actor(app, allOperations(app), { transport: 'callable', authorization: [`Bearer ${token}`] })
}

beforeAll(async () => {
  two = await twoAgencies()
  const { world, north, south } = two
  folder = mkdtempSync(join(tmpdir(), 'latchkey-restore-'))
  restored = `${world.projectId}-r`
  for (const { agency, account, ownerUid, service } of [north, south]) {
    asked.tenants.add(agency).add(account)
    asked.principals.add(`user:${ownerUid}`).add(`service:${service}`)
  }
  asked.tenants.add('platform')
  const platform = await world.platformOwner()
  for (const { before } of cases) await before(two, platform)
  await copyDatabase(world.projectId, 'export', { export_directory: folder, export_name: 'backup' })
  said = world.logs.length
  since = world.app.clock()
  for (const { after } of cases) await after(two, platform)
  await put()
}, 120_000)
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await app?.store.close()
  await clearFirestore(restored)
  await two.world.close()
})

/** Fields that are another thing after the replay than in the state that was lost, and why that gives nobody anything. */
const harmless: Readonly<Record<string, readonly string[]>> = {
  'is drawn anew, which only shuts what is open': ['tenants accessId', 'users accessId'],
  'names the event that changed it last': [
    ...[
      'credentials',
      'tenants',
      'tenants/*/apiKeys',
      'tenants/*/grants',
      'tenants/*/invitations',
      'tenants/*/members',
    ],
    ...['tenants/*/policy', 'tenants/*/resourceTypes', 'tenants/*/webhooks', 'users'],
  ].map((collection) => `${collection} lastEvent`),
  'tells people why, when and by whom': [
    ...['credentials revokedAt', 'tenants statusReason', 'tenants/*/invitations acceptedBy'],
    ...['tenants/*/invitations resentAt', 'tenants/*/invitations revokedAt', 'tenants/*/invitations revokedBy'],
    ...['tenants/*/resourceTypes actions', 'tenants/*/resourceTypes levels', 'tenants/*/resourceTypes updatedAt'],
    ...['tenants/*/apiKeys hint', 'credentials remind', 'users email', 'users mailboxProvedAt'],
  ],
  'says which secret is the present one; each counts by its own document': [
    ...['tenants/*/apiKeys credential', 'tenants/*/apiKeys rotation', 'tenants/*/invitations credential'],
  ],
  'is how long an invitation is good whose secret is dead': ['tenants/*/invitations expiresAt'],
  'is how often, not what': ['credentials rate', 'tenants/*/apiKeys rate'],
  'is about letting somebody in again, and nobody is': ['users shutInAuth', 'users stoppedByAuth'],
}

/** Operations that are not performed here, and why a restore has nothing to take away again of them. */
const elsewhere: Readonly<Record<string, string>> = {
  'audit/beginEpoch': 'begins what comes after a restore',
  'audit/redact': 'is done again by hand, as the report says',
  'jobs/replay': 'does what was asked for before',
  'jobs/run': 'does what a schedule does',
  'leaks/report': 'ends keys as apiKeys/revoke does',
  'members/restore': 'gives back; the report names it',
  'notifications/markRead': 'allows nothing',
  'notifications/setPreferences': 'allows nothing',
  'roles/adoptCatalogue': 'goes forward alone, and what was withdrawn is gone without it',
  'roles/publishCatalogue': 'is done again by hand, as the report says',
  'signing/compromise': 'is done again by hand, as the report says',
  'signing/rotate': 'is done again by hand, as the runbook says',
  'teams/update': 'changes a name',
  'tenants/update': 'changes a name',
  'webhooks/redeliver': 'sends what was sent',
  'webhooks/test': 'sends a trial',
}

it('F-38 no operation that writes is forgotten', () => {
  const written = [...two.world.operations].filter(([, { effect }]) => effect === 'write').map(([name]) => name)
  const files = ['restore.test.ts', 'restore-operations.test.ts'].map(
    (file) => readFileSync(join(import.meta.dirname, file), 'utf8').split('const elsewhere')[0],
  )
  const missing = written.filter((name) => !files.some((text) => text?.includes(`'${name}'`)))
  expect(missing.toSorted()).toEqual(Object.keys(elsewhere))
})

it('F-38 after every operation that takes away, the replay leaves nobody more than the state that was lost', async () => {
  const before = await revived()
  for (const who of [
    'key cross',
    'user:mate',
    'user:staffed',
    'user:stopped',
    'user:shutout',
    'user:endowner',
    'key capped',
    'key below',
    'key listed',
    'key everywhere',
    'key turned anew',
  ])
    expect(
      before.some((line) => line.startsWith(`${who} `)),
      who,
    ).toBe(true)
  for (const operation of ['members/suspend', 'members/deleteService'])
    expect(
      before.some((line) => line.startsWith(`service:${kept.get(operation)} `)),
      operation,
    ).toBe(true)
  expect(before.some((line) => line.includes('deal'))).toBe(true)
  const done = await replay()
  expect(done.failed).toEqual([])
  expect(await revived()).toEqual([])
}, 120_000)

it('F-38 every field that an operation has changed is replayed, or gives nobody anything', async () => {
  const [were, are] = [await storedDocuments(two.world.projectId), await storedDocuments(restored)]
  const state = new Set(collectionsOf('commit'))
  const differing = new Set<string>()
  for (const [path, fields] of are) {
    const collection = collectionOf(path)
    const then = were.get(path)
    if (!state.has(collection) || collection === 'outbox' || collection.endsWith('/audit')) continue
    if (then === undefined) differing.add(`${collection} is there again`)
    else
      for (const field of new Set([...Object.keys(fields), ...Object.keys(then)]))
        if (
          JSON.stringify(fields[field]) !== JSON.stringify(then[field]) &&
          shapes[collection]?.fields[field] === undefined
        )
          differing.add(`${collection} ${field}`)
  }
  const known = Object.values(harmless).flat()
  expect([...differing].filter((field) => !known.includes(field))).toEqual([])
  expect(differing).toContain('tenants accessId')
})

it('F-38 secrets of invitations that were withdrawn, sent again or taken up open nothing', async () => {
  for (const name of ['revoked', 'resent', 'accepted', 'byleaver']) {
    const answer = await (await signedIn(name)).call('members/acceptInvitation', { secret: kept.get(name).secret })
    expect(answer, name).toMatchObject({ ok: false, error: { code: 'invitation_invalid' } })
  }
  const { ok } = await (await signedIn('withdrawn')).call('members/acceptInvitation', {
    secret: kept.get('withdrawn').secret,
  })
  expect(ok).toBe(true)
}, 60_000)

it('F-38 who was taken out of a team is not in it again when they join another one', async () => {
  const { ownerUid, agency } = two.north
  const owner = await signedIn(ownerUid)
  await owner.must('teams/addMember', { tenant: agency, team: kept.get('weak'), principal: { user: 'mate' } })
  expect((await revived()).filter((line) => line.startsWith('user:mate '))).toEqual([])
}, 60_000)

it('F-38 two who replay at once, and one who stops in the middle, end in the same state', async () => {
  await put()
  const lines = gathered()
  const runs = [1, 2].map(() => narrowed(lines))
  const half = lines.pieces.slice(0, Math.ceil(lines.pieces.length / 2))
  for (const done of [...(await Promise.all(runs)), await narrowed({ ...lines, pieces: half })])
    expect(done.failed).toEqual([])
  expect(await breachesIn(restored)).toEqual([])
  const again = await narrowed(lines)
  expect(again.changed).toEqual([])
  expect(await revived()).toEqual([])
}, 120_000)

it('F-38 the reconciler, which runs afterwards, gives nothing back', async () => {
  await fly(reconciler(app), app).catch(() => undefined) // it says aloud what only people can set right
  expect(await revived()).toEqual([])
}, 120_000)

it('F-38 a moment that is too late is told by the events that the database does not have', async () => {
  const late = gathered(600_000)
  expect(late).toMatchObject({ lines: 0, pieces: [] })
  expect((await narrowed(late)).failed).toEqual([expect.stringContaining('--since is too late')])
  expect((await narrowed(gathered())).failed).toEqual([])
})

it('F-38 a tenant whose only owner came after the backup is named', async () => {
  const { agency } = two.south
  const taken = [{ path: `tenants/${agency}`, fields: { owners: { somebodynew: true as const } } }]
  const done = await narrowed({ ...gathered(), pieces: [{ tenant: agency as TenantId, takings: taken }] }) // as founded
  expect(done.ownerless).toEqual([`tenants/${agency}`])
}, 30_000)

it('F-38 a database that is put in place a second time is narrowed a second time', async () => {
  await put()
  expect((await revived()).length).toBeGreaterThan(0)
  const done = await replay()
  expect(done.failed).toEqual([])
  expect(await revived()).toEqual([])
}, 120_000)
