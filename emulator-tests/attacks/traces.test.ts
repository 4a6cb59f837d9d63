// What every call leaves behind: one event for a change, none for a refusal, no secret anywhere, and nothing of our insides.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../functions/src/app.ts'
import { renderCallable, renderProblem } from '../../functions/src/guard/render-error.ts'
import { systemClock } from '../../functions/src/platform/clock.ts'
import type { Store } from '../../functions/src/platform/store/open.ts'
import { openStore } from '../../functions/src/platform/store/open.ts'
import { endpoints } from '../support/stack.ts'
import { dump, storedDocuments } from '../support/stored-documents.ts'
import { type Actor, actor, allOperations, makeWorld } from '../support/world.ts'
import { directoryChanges } from './directory-changes.ts'
import { keyChanges } from './key-changes.ts'
import { powerChanges } from './power-changes.ts'
import { newKey, type TwoAgencies, twoAgencies } from './two-agencies.ts'
import { webhookChanges } from './webhook-changes.ts'

const idempotencyKey = 'idempotency-key-0001'

describe('a change', () => {
  let two: TwoAgencies
  const secrets: string[] = []
  beforeAll(async () => {
    two = await twoAgencies()
  })
  afterAll(() => two.world.close())

  /** Every writing operation once, in an order in which each can succeed. */
  const changes = async (owner: Actor): Promise<readonly (readonly [string, () => Promise<object>])[]> => {
    const { north, world } = two
    const account = (await owner.must('tenants/create', { parent: north.agency, name: 'Annex' })).tenant
    const brief = (await owner.must('tenants/create', { parent: north.agency, name: 'Brief' })).tenant
    await world.join(owner, 'nleaver', { tenant: account, role: 'account.viewer', reach: 'subtree' })
    const leaver = await world.person('nleaver')
    const invited = await owner.must('members/invite', {
      tenant: north.account,
      email: 'nleaver@people.example',
      role: 'account.viewer',
      reach: 'node',
    })
    const key = await newKey(owner, north.agency)
    secrets.push(invited.secret, key.secret)
    const directory = await directoryChanges({ owner, ownerUid: north.ownerUid, account, member: 'nleaver' })
    let assignment = ''
    return [
      [
        'tenants/create',
        async () =>
          owner.must('tenants/create', { parent: north.agency, name: 'More', ownerEmail: 'm@people.example' }),
      ],
      ['tenants/update', async () => owner.must('tenants/update', { tenant: account, name: 'Annexe' })],
      ['tenants/suspend', async () => owner.must('tenants/suspend', { tenant: account, reason: 'unpaid bills' })],
      ['tenants/resume', async () => owner.must('tenants/resume', { tenant: account, reason: 'bills paid' })],
      ['members/createService', async () => owner.must('members/createService', { tenant: account, name: 'Robot' })],
      [
        'members/invite',
        async () =>
          owner.must('members/invite', {
            tenant: account,
            email: 'm@people.example',
            role: 'account.viewer',
            reach: 'subtree',
          }),
      ],
      ['members/acceptInvitation', async () => leaver.must('members/acceptInvitation', { secret: invited.secret })],
      [
        'roles/assign',
        async () => {
          const assigned = await owner.must('roles/assign', {
            tenant: account,
            principal: { user: 'nleaver' },
            role: 'account.billing',
            reach: 'node',
          })
          assignment = assigned.assignment
          return assigned
        },
      ],
      ['roles/unassign', async () => owner.must('roles/unassign', { tenant: account, assignment })],
      ...directory,
      ['members/remove', async () => owner.must('members/remove', { tenant: account, user: 'nleaver' })],
      ...powerChanges({
        owner,
        agency: north.agency,
        account,
        mover: await world.platformOwner(),
        to: two.south.agency,
      }),
      ['apiKeys/create', async () => newKey(owner, north.agency)],
      ...keyChanges({
        owner,
        memberBelow: north.accountAdminUid,
        tenant: north.agency,
        below: north.account,
        key: key.key.key,
      }),
      ...webhookChanges(owner, north.agency),
      [
        'tenants/delete',
        async () => owner.must('tenants/delete', { tenant: brief, reason: 'closing down', confirmName: 'Brief' }),
      ],
    ] // prettier-ignore
  }

  const stateOf = async () => {
    const documents = await storedDocuments(two.world.projectId)
    const under = (pattern: RegExp) => new Set([...documents.keys()].filter((path) => pattern.test(path)))
    return { documents, audit: under(/^tenants\/[^/]+\/audit\//), outbox: under(/^outbox\//) }
  }
  const added = (before: ReadonlySet<string>, after: ReadonlySet<string>) =>
    [...after].filter((path) => !before.has(path))

  it('C-146 leaves exactly one audit event and one outbox document, named by every document that it changed', async () => {
    const covered = new Set<string>()
    for (const [operation, run] of await changes(two.north.owner)) {
      const before = await stateOf()
      const answer = JSON.stringify(await run())
      secrets.push(...(answer.match(/lk_[a-z]+_[0-9A-Za-z]{71}/g) ?? []))
      const after = await stateOf()
      const events = added(before.audit, after.audit)
      const frames = added(before.outbox, after.outbox)
      expect(events, operation).toHaveLength(1)
      expect(frames, operation).toEqual([`outbox/${events[0]?.split('/').at(-1)}`])
      const event = events[0]?.split('/').at(-1)
      const state = [...after.documents].filter(([path]) => !/(^outbox|\/audit)\//.test(path))
      const changed = state.filter(
        ([path, fields]) => JSON.stringify(fields) !== JSON.stringify(before.documents.get(path)),
      )
      const gone = [...before.documents.keys()].filter((path) => !after.documents.has(path))
      expect(changed.length + gone.length, operation).toBeGreaterThan(0)
      for (const [path, fields] of changed)
        expect(fields['lastEvent'], `${operation} ${path}`).toEqual({ stringValue: event })
      const stored = after.documents.get(events[0] ?? '') ?? {}
      expect(Object.keys(stored).sort(), operation).toEqual(
        expect.arrayContaining(['actor', 'after', 'at', 'before', 'requestId', 'targets', 'tenant', 'type']),
      )
      covered.add(operation)
    }
    const writing = [...two.world.operations].filter(([, { effect }]) => effect === 'write').map(([name]) => name)
    // In tests of their own: `tenants/enter` opens a viewer, which is derived and needs no event; `leaks/report` makes one event a key, and a step
    // of a ring its own; what jobs are asked to do, and a test of a webhook, is an event and changes nothing by itself; what somebody has read is
    // nobody else's business; only what was delivered can be delivered again; and what is taken out of the log, or how it goes on, is no state of a tenant.
    const elsewhere = [
      ...['tenants/enter', 'leaks/report', 'signing/rotate', 'signing/compromise'],
      ...['jobs/run', 'jobs/replay', 'webhooks/test', 'webhooks/redeliver', 'notifications/markRead'],
      ...['audit/redact', 'audit/beginEpoch'],
    ]
    expect(writing.filter((name) => !covered.has(name) && !elsewhere.includes(name))).toEqual([])
  })

  it('C-146 refused leaves nothing: no event, no frame, no document', async () => {
    const { north, south } = two
    const before = await dump(two.world.projectId)
    const refusals = [
      await north.owner.call('tenants/update', { tenant: south.agency, name: 'Mine' }),
      await north.owner.call('tenants/update', { tenant: north.agency, name: '' }),
      await north.accountAdmin.call('tenants/suspend', { tenant: north.account, reason: 'because' }),
      await north.owner.call('tenants/resume', { tenant: north.account, reason: 'is active' }),
      await north.owner.call('tenants/delete', { tenant: north.account, reason: 'because', confirmName: 'Else' }),
      await north.owner.call('members/remove', { tenant: north.agency, user: north.ownerUid }),
      await north.accountAdmin.call('roles/assign', {
        tenant: north.account,
        principal: { user: 'nadmin' },
        role: 'account.owner',
        reach: 'subtree',
      }),
      await north.owner.call('members/acceptInvitation', { secret: secrets[0] }),
      await north.owner.call(
        'apiKeys/create',
        { tenant: north.agency, name: 'K', scopes: ['no.such'] },
        { idempotencyKey },
      ),
    ]
    expect(refusals.map(({ ok }) => ok)).toEqual(refusals.map(() => false))
    expect(await dump(two.world.projectId)).toBe(before)
  })

  it('C-001 C-002 leaves no secret and no ID token in the store: hashes and hints only', async () => {
    const token = await two.world.idToken(two.north.ownerUid)
    const everything = await dump(two.world.projectId)
    secrets.push(two.north.key.secret, two.south.key.secret)
    expect(new Set(secrets).size).toBe(10)
    for (const secret of secrets) {
      expect(everything).not.toContain(secret)
      expect(everything).not.toContain(secret.slice(-49)) // the secret part, without its public id
    }
    expect(everything).not.toMatch(/lk_[a-z]+_[0-9A-Za-z]{30}/)
    expect(everything).not.toContain(token)
    expect(everything).not.toContain('eyJ')
    const { items } = await two.north.owner.must('apiKeys/list', { tenant: two.north.agency, limit: 100 })
    const shown = items.find((one: { key: string }) => one.key === two.north.key.id)
    expect(shown.hint).toBe(`${two.north.key.secret.slice(0, 11)}…${two.north.key.secret.slice(-4)}`)
    expect(JSON.stringify(items)).not.toMatch(/lk_[a-z]+_[0-9A-Za-z]{22}/)
    expect(JSON.stringify(items)).not.toMatch(/hash|"secret"/)
    const got = await two.north.owner.must('apiKeys/get', { tenant: two.north.agency, key: two.north.key.id })
    expect(got).toEqual({ ...shown, secrets: [expect.objectContaining({ hint: shown.hint })] })
  })

  it('I-21 C-147 leaves no secret and no ID token in the log, also not of refused and failed calls', async () => {
    const { world, north } = two
    const token = await world.idToken(north.ownerUid)
    const secret = north.key.secret
    const wrong = `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`
    await world.withKey(wrong).call('tenants/get', { tenant: north.agency })
    await world.withKey(secret).call('tenants/get', { tenant: north.agency, apiKey: secret, [secret]: secret })
    await world.withKey(secret).call('credentials/verify', { credential: secret, tenant: secret })
    await north.owner.call('members/acceptInvitation', { secret: secrets[0] })
    await north.owner.call('tenants/update', { tenant: north.account, name: `Shop\r\n{"severity":"ALERT"}\u001b[2J` })
    const log = world.logs.join('\n')
    expect(world.logs.length).toBeGreaterThan(40)
    for (const one of [...secrets, secret, wrong, token]) expect(log).not.toContain(one)
    expect(log).not.toMatch(/Bearer|eyJhbGci/i)
    expect(log).not.toContain('@people.example')
    expect(world.logs.every((line) => !/\p{Cc}/u.test(line))).toBe(true)
  })

  it('C-011 a revoked key is refused at once by five warm instances', async () => {
    const { world, north } = two
    const { key, secret } = await newKey(north.owner, north.agency)
    const env = { GCLOUD_PROJECT: world.projectId, FIRESTORE_EMULATOR_HOST: endpoints.firestore }
    const apps = Array.from({ length: 5 }, () =>
      createApp(env, { clock: world.app.clock, log: () => undefined, publish: async () => undefined }),
    )
    const use = () =>
      Promise.all(
        apps.map((app) =>
          actor(app, allOperations(app), { transport: 'http', authorization: [`Bearer ${secret}`] }).call(
            'tenants/get',
            { tenant: north.agency },
          ),
        ),
      )
    expect((await use()).map(({ ok }) => ok)).toEqual([true, true, true, true, true])
    await north.owner.must('apiKeys/revoke', { tenant: north.agency, key: key.key })
    for (const answer of await use()) expect(answer).toEqual({ ok: false, error: { code: 'invalid_token' } })
    await Promise.all(apps.map((app) => app.store.close()))
  })
})

describe('a fault inside', () => {
  it('C-150 is a blank 500 with a request id: no stack, no path, no query; the log has it', async () => {
    let broken = false
    const storeOf = (projectId: string): Store => {
      const store = openStore(projectId, systemClock())
      const getAll: Store['read']['getAll'] = (paths) => {
        if (broken)
          throw new TypeError(`cannot read /srv/lib/secret.js of ${paths.join()} fn-x@proj.iam.gserviceaccount.com`)
        return store.read.getAll(paths)
      }
      return { ...store, read: { ...store.read, getAll } }
    }
    const world = await makeWorld({ storeOf })
    const agency = await world.agency('Northwind', 'nora')
    const nora = await world.person('nora')
    broken = true
    const answer = await nora.call('tenants/get', { tenant: agency })
    broken = false
    expect(answer).toEqual({ ok: false, error: { code: 'internal' } })
    if (answer.ok) return
    const problem = renderProblem(answer.error, 'req_1')
    expect(problem.status).toBe(500)
    expect(Object.keys(JSON.parse(problem.body)).sort()).toEqual(['code', 'requestId', 'status', 'title', 'type'])
    const callable = renderCallable(answer.error, 'req_1')
    expect(JSON.stringify([problem, callable])).not.toMatch(/srv|secret\.js|gserviceaccount|TypeError|users\/|at /)
    expect(world.logs.join()).toContain('call failed')
    expect(await nora.call('tenants/get', { tenant: agency })).toMatchObject({ ok: true })
    await world.close()
  })
})
