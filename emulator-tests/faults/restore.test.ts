// A backup restored, and everything taken away since taken away again by the command of the runbook: who may do less than before may do no more than now.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enrol, signIn } from '../../dev/demo/actors.ts'
import { root } from '../../dev/root.ts'
import { type App, createApp } from '../../functions/src/app.ts'
import { newKey, type TwoAgencies, twoAgencies, verifierScopes } from '../attacks/two-agencies.ts'
import { authTimeOf } from '../rules/rules-world.ts'
import { authzInstance } from '../sdk/instance.ts'
import { bearing, platformVerifier, sdkOf } from '../sdk/support.ts'
import { allowedIn } from '../support/allowed-in.ts'
import { copyDatabase } from '../support/copy-database.ts'
import { breachesIn } from '../support/invariants.ts'
import { clearFirestore, endpoints } from '../support/stack.ts'
import { damage, moment } from '../support/stored-documents.ts'
import { type Actor, actor, allOperations, mailOf } from '../support/world.ts'

const reason = 'as people do'

let two: TwoAgencies
let folder: string
let restored: string
let app: App
let since: string
let ground: Ground
/** The key of a service that sees everything. */
let verifier: string

/** What is asked of both states: everybody, and every key, about every tenant. */
const asked = { principals: new Set<string>(), secrets: new Map<string, string>(), tenants: new Set<string>() }

const within = (asking: App, operations = allOperations(asking)) => ({
  withKey: (secret: string) => actor(asking, operations, { transport: 'http', authorization: [`Bearer ${secret}`] }),
  withToken: (token: string) =>
    actor(asking, operations, { transport: 'callable', authorization: [`Bearer ${token}`] }),
})

const settings = () => ({
  GCLOUD_PROJECT: restored,
  FIRESTORE_EMULATOR_HOST: endpoints.firestore,
  LK_INVOKER_TOKEN: 'b1946ac92492d2347c6235b4d2611184',
  LK_KMS_ENDPOINT: endpoints.kms,
})

/** Without anything that an instance of before has kept. */
const reopen = async (): Promise<void> => {
  await app?.store.close()
  const { clock } = two.world.app
  app = createApp(settings(), { clock, log: () => undefined, publish: async () => undefined })
}

const signedIn = async (uid: string): Promise<string> => {
  const person = { uid, who: uid, name: uid, email: mailOf(uid) }
  await enrol({ auth: endpoints.auth, projectId: restored }, person).catch(() => undefined) // enrolled before
  return signIn({ auth: endpoints.auth, projectId: restored }, person.email)
}

const endSessions = async (at: number): Promise<void> => {
  await damage(restored, 'catalogue/head', { sessionsNotBefore: moment(at) })
  await reopen()
}

const run = promisify(execFile)
const restore = (...more: readonly string[]) =>
  run(
    process.execPath,
    [
      join(root, 'dev', 'restore.ts'),
      ...['--project', restored, '--since', since, '--events', join(folder, 'events.ndjson')],
      ...['--report', join(folder, 'report.json'), ...more],
    ],
    { cwd: root, env: { ...process.env, ...settings() } },
  )

interface Ground {
  readonly keys: Readonly<Record<string, { readonly id: string; readonly secret: string }>>
  readonly role: string
  readonly goneRole: string
  readonly team: string
  readonly goneTeam: string
  readonly webhook: string
  readonly movedWebhook: string
  readonly moving: string
  readonly stopping: string
  readonly ending: string
  readonly service: string
  readonly assignments: ReadonlyMap<string, string>
}

/** Before the backup: one of everything that can be taken away, and of each one that stays as it is. */
const prepare = async ({ world, north, south }: TwoAgencies): Promise<Ground> => {
  verifier = await platformVerifier(world)
  const { owner, agency } = north
  const key = async (name: string, maker: Actor = owner, more: object = {}) => {
    const made = await newKey(maker, agency, { name, ...more })
    asked.secrets.set(name, made.secret)
    return { id: made.key.key as string, secret: made.secret as string }
  }
  const account = async (name: string) =>
    (await owner.must('tenants/create', { parent: agency, name })).tenant as string
  const role = async (name: string) =>
    (await owner.must('roles/create', { tenant: agency, name, permissions: ['contacts.read', 'contacts.write'] })).role
  const people = [
    'removed',
    'stopped',
    'unassigned',
    'teamed',
    'ofgoneteam',
    'changed',
    'rolled',
    'staying',
    'reopened',
  ]
  const assignments = new Map<string, string>()
  const [reduced, gone] = [await role('Reduced'), await role('Gone')]
  for (const uid of people) {
    const given = uid === 'rolled' ? reduced : uid === 'unassigned' ? gone : 'agency.admin'
    const reach = 'subtree'
    const condition = uid === 'changed' ? 'subject.department == "sales"' : undefined
    const isTeamed = uid === 'teamed' || uid === 'ofgoneteam'
    await world.join(owner, uid, { tenant: agency, role: isTeamed ? 'agency.support' : given, reach, condition })
    asked.principals.add(`user:${uid}`)
  }
  await owner.must('members/update', {
    tenant: agency,
    principal: { user: 'changed' },
    attributes: { department: 'sales' },
  })
  const { items } = await owner.must('roles/listAssignments', { tenant: agency, limit: 100 })
  for (const one of items) assignments.set(one.principal, one.assignment)
  const team = async (name: string, user: string) => {
    const { team: id } = await owner.must('teams/create', { tenant: agency, name })
    await owner.must('teams/addMember', { tenant: agency, team: id, principal: { user } })
    await owner.must('roles/assign', {
      tenant: agency,
      principal: { team: id },
      role: 'agency.admin',
      reach: 'subtree',
    })
    return id as string
  }
  const webhook = async (name: string) =>
    (await owner.must('webhooks/create', { tenant: agency, name, url: 'https://hooks.shop.com/in', types: ['*'] }))
      .webhook.webhook
  const { service } = await owner.must('members/createService', { tenant: agency, name: 'Ends' })
  await owner.must('roles/assign', { tenant: agency, principal: { service }, role: 'agency.support', reach: 'subtree' })
  const keys = {
    kept: await key('kept'),
    revoked: await key('revoked'),
    disabled: await key('disabled'),
    reopened: await key('reopened'),
    narrowed: await key('narrowed', owner, { scopes: [...verifierScopes, 'contacts.write'] }),
    bound: await key('bound'),
    shortened: await key('shortened'),
    rotated: await key('rotated'),
    bulk: await key('bulk', await world.person('reopened')),
    ofService: await key('ofService', owner, { service }),
  }
  for (const user of [north.ownerUid, north.accountAdminUid, south.ownerUid]) asked.principals.add(`user:${user}`)
  asked.principals.add(`service:${service}`).add(`service:${north.service}`)
  const ground = {
    ...{ keys, assignments, service, role: reduced, goneRole: gone },
    ...{ team: await team('Left', 'teamed'), goneTeam: await team('Gone team', 'ofgoneteam') },
    ...{ webhook: await webhook('Deleted'), movedWebhook: await webhook('Moved') },
    ...{ moving: await account('Moving'), stopping: await account('Stopping'), ending: await account('Ending') },
  }
  for (const tenant of [agency, north.account, south.agency, south.account]) asked.tenants.add(tenant)
  for (const tenant of [ground.moving, ground.stopping, ground.ending]) asked.tenants.add(tenant)
  return ground
}

/** After the backup: every way to take something away, one thing that was given, and one that was allowed again. */
const takeAway = async ({ world, north, south }: TwoAgencies, ground: Ground): Promise<void> => {
  const { owner, agency } = north
  const { keys, assignments } = ground
  const at = (operation: string, more: object) => owner.must(operation, { tenant: agency, ...more })
  await at('apiKeys/revoke', { key: keys['revoked']?.id })
  await at('apiKeys/disable', { key: keys['disabled']?.id })
  await at('apiKeys/disable', { key: keys['reopened']?.id })
  await at('apiKeys/enable', { key: keys['reopened']?.id })
  await at('apiKeys/update', { key: keys['narrowed']?.id, scopes: verifierScopes })
  await at('apiKeys/update', { key: keys['bound']?.id, allowedAddresses: ['192.0.2.0/24'] })
  await at('apiKeys/rotate', { key: keys['rotated']?.id, overlapSeconds: 3_600 })
  await at('apiKeys/finishRotation', { key: keys['rotated']?.id })
  await at('apiKeys/revokeAll', { owner: { user: 'reopened' }, reason })
  await at('members/remove', { user: 'removed' })
  await at('members/suspend', { principal: { user: 'stopped' }, reason })
  await at('members/update', { principal: { user: 'changed' }, attributes: { department: 'support' } })
  await at('members/deleteService', { service: ground.service })
  await at('roles/unassign', { assignment: assignments.get('user:unassigned') })
  await at('roles/delete', { role: ground.goneRole })
  await at('roles/update', { role: ground.role, permissions: ['contacts.read'] })
  await at('teams/removeMember', { team: ground.team, principal: { user: 'teamed' } })
  await at('teams/delete', { team: ground.goneTeam })
  await at('webhooks/delete', { webhook: ground.webhook })
  await at('webhooks/update', { webhook: ground.movedWebhook, url: 'https://elsewhere.shop.com/in' })
  await owner.must('roles/setGuardrail', { tenant: north.account, deniedPermissions: ['contacts.*'], reason })
  await owner.must('tenants/suspend', { tenant: ground.stopping, reason })
  await owner.must('tenants/delete', { tenant: ground.ending, reason, confirmName: 'Ending' })
  const platform = await world.platformOwner()
  await platform.must('tenants/move', { tenant: ground.moving, to: south.agency, reason })
  await at('roles/assign', { principal: { user: 'staying' }, role: 'agency.owner', reach: 'subtree' })
}

beforeAll(async () => {
  two = await twoAgencies()
  folder = mkdtempSync(join(tmpdir(), 'latchkey-restore-'))
  restored = `${two.world.projectId}-r`
}, 60_000)
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await app?.store.close()
  await clearFirestore(restored)
  await two.world.close()
})

describe('after a restore', () => {
  it('F-38 the command takes away again what was taken since the backup: nobody may do anything that they may not do in the state that was lost', async () => {
    const { world, north } = two
    ground = await prepare(two)
    await copyDatabase(world.projectId, 'export', { export_directory: folder, export_name: 'backup' })
    const said = world.logs.length
    since = new Date(world.app.clock()).toISOString()
    await takeAway(two, ground)
    writeFileSync(join(folder, 'events.ndjson'), world.logs.slice(said).join('\n'))
    const before = await allowedIn(world.app, asked)

    await copyDatabase(restored, 'import', {
      export_directory: join(folder, 'backup', 'backup.overall_export_metadata'),
    })
    await reopen()
    const revived = [...(await allowedIn(app, asked))].filter((line) => !before.has(line))
    for (const who of ['revoked', 'disabled', 'narrowed', 'rotated', 'bulk', 'ofService'])
      expect(
        revived.some((line) => line.startsWith(`key ${who} `)),
        who,
      ).toBe(true)
    for (const who of ['removed', 'stopped', 'unassigned', 'rolled', 'teamed', 'ofgoneteam', 'changed'])
      expect(
        revived.some((line) => line.startsWith(`user:${who} `)),
        who,
      ).toBe(true)

    const dry = await restore('--dry-run').catch((failed: { readonly stderr: string }) => failed)
    expect(dry.stderr).toMatch(/would be removed/)
    expect([...(await allowedIn(app, asked))].filter((line) => !before.has(line))).toHaveLength(revived.length)

    const done = await restore()
    await reopen()
    const after = await allowedIn(app, asked)
    expect([...after].filter((line) => !before.has(line))).toEqual([])
    expect(after.size).toBeGreaterThan(before.size / 3)
    for (const line of before)
      if (/^(key kept|user:(nadmin|sowner)) /.test(line) && !line.includes(ground.moving)) expect(after).toContain(line)
    expect(done.stderr).toContain(`credentials.key_enabled key:${ground.keys['reopened']?.id}`)
    expect(done.stderr).toContain(`tenants/${ground.moving} (`)
    expect(done.stderr).toMatch(/Whoever signed in until/)
    expect(await breachesIn(restored)).toEqual([])

    const again = await restore()
    expect(again.stderr).toMatch(/0 were removed, 0 narrowed, 0 stopped/)
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
    expect(report).toMatchObject({ changed: [], failed: [], broken: [] })
    expect([...(await allowedIn(app, asked))].toSorted()).toEqual([...after].toSorted())
    expect(north.agency).toMatch(/^agy_/)
  }, 180_000)

  it('F-38 every sign-in of before ends everywhere; who signs in afterwards is who they were', async () => {
    const { north } = two
    const token = await signedIn(north.ownerUid)
    const asks = () => within(app).withToken(token).call('tenants/get', { tenant: north.agency })
    expect(await asks()).toMatchObject({ ok: false, error: { code: 'invalid_token' } })
    const signedInAt = authTimeOf(token) * 1_000
    await endSessions(signedInAt)
    expect(await asks()).toMatchObject({ ok: false, error: { code: 'invalid_token' } })
    const bySdk = async () => {
      const instance = await authzInstance(restored, { clock: two.world.app.clock })
      const sdk = sdkOf({ ...two.world, app: instance.app, projectId: restored }, instance, { credential: verifier })
      try {
        const caller = await sdk.authenticate(bearing(token))
        return await caller.check('contacts.read', { tenant: north.account })
      } catch (error) {
        return (error as { readonly code?: unknown }).code
      } finally {
        await sdk.close()
        await instance.close()
      }
    }
    expect(await bySdk()).toBe('invalid_token')
    await endSessions(signedInAt - 1)
    expect(await asks()).toMatchObject({ ok: true })
    expect(await bySdk()).toMatchObject({ code: 'guardrail_denies' })
  }, 60_000)

  it('F-38 what had moved is held at the platform, out of reach of the agency that it left, until it is put where it belongs', async () => {
    const { north, south } = two
    const tenant = ground.moving
    const [owner, ofNorth, ofSouth] = await Promise.all(
      ['platformowner', north.ownerUid, south.ownerUid].map(async (uid) => within(app).withToken(await signedIn(uid))),
    )
    expect(await ofNorth?.call('tenants/get', { tenant })).toMatchObject({ ok: false, error: { code: 'not_found' } })
    expect(await owner?.must('tenants/get', { tenant })).toMatchObject({ parent: 'platform', status: 'suspended' })
    expect(await owner?.must('tenants/list', { parent: 'platform', limit: 100 })).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ tenant, status: 'suspended' })]),
    })
    await owner?.must('tenants/resume', { tenant, reason })
    const asks: readonly (readonly [string, object])[] = [...allOperations(app)].flatMap(([name, { effect }]) =>
      effect === 'read'
        ? [
            [name, { tenant }],
            [name, { tenant, limit: 10 }],
            [name, { parent: tenant, limit: 10 }],
          ]
        : [],
    )
    const faults = expect.stringMatching(/^(internal|unavailable)$/)
    for (const [name, input] of [...asks, ['tenants/enter', { tenant }] as const])
      for (const who of [owner, ofNorth, ofSouth])
        expect(await who?.call(name, input), name).not.toMatchObject({ error: { code: faults } })
    expect(await ofNorth?.call('tenants/move', { tenant, to: north.agency, reason })).toMatchObject({ ok: false })
    const moved = await owner?.must('tenants/move', { tenant, to: south.agency, reason })
    expect(moved).toMatchObject({ from: 'platform', to: south.agency })
    expect(await ofSouth?.must('tenants/get', { tenant })).toMatchObject({ parent: south.agency, status: 'active' })
    expect(await breachesIn(restored)).toEqual([])
  }, 60_000)

  it('F-38 with --end-keys every key of before ends; one that is made afterwards counts', async () => {
    const { north, world } = two
    const { withKey } = within(app)
    const kept = asked.secrets.get('kept') ?? ''
    const asks = (secret: string) => withKey(secret).call('tenants/get', { tenant: north.agency })
    expect(await asks(kept)).toMatchObject({ ok: true })
    await restore('--end-keys')
    await reopen()
    await endSessions(0)
    expect(await within(app).withKey(kept).call('tenants/get', { tenant: north.agency })).toMatchObject({ ok: false })
    const ended = within(app).withKey(kept)
    const opened: string[] = []
    for (const name of allOperations(app).keys())
      for (const input of [{}, { limit: 10 }, { tenant: north.agency }, { credential: kept }, { version: 'head' }])
        if ((await ended.call(name, input)).ok) opened.push(name)
    expect(opened).toEqual([])
    const owner = within(app).withToken(await signedIn(north.ownerUid))
    const shown = await owner.must('apiKeys/get', { tenant: north.agency, key: ground.keys['kept']?.id })
    expect(shown).toMatchObject({ status: 'revoked' })
    const making = { tenant: north.agency, name: 'Too early', scopes: verifierScopes }
    expect(await owner.call('apiKeys/create', making)).toMatchObject({ ok: false, error: { code: 'conflict' } })
    world.advance(20_000)
    const { secret } = await newKey(owner, north.agency)
    expect(await within(app).withKey(secret).call('tenants/get', { tenant: north.agency })).toMatchObject({ ok: true })
  }, 60_000)

  it('F-38 refuses lines that it cannot read aloud, and a moment after which nothing was said', async () => {
    const file = join(folder, 'broken.ndjson')
    writeFileSync(
      file,
      `${readFileSync(join(folder, 'events.ndjson'), 'utf8').split('\n')[0]}\n{"message":"audit event","type":7}\n`,
    )
    const failed = (await restore('--events', file, '--dry-run').catch((error: unknown) => error)) as {
      readonly code: number
      readonly stderr: string
    }
    expect(failed.code).toBe(1)
    expect(failed.stderr).toContain('broken.ndjson, line 2')
    since = '2099-01-01T00:00:00Z'
    const nothing = (await restore().catch((error: unknown) => error)) as {
      readonly code: number
      readonly stderr: string
    }
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing was changed') })
  }, 60_000)
})
