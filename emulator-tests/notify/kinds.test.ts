// Who hears of what: the right people of each kind of event, in its words, and nobody of another tenant.
import { generateKeyPairSync, sign } from 'node:crypto'
import { type OpId, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { ok } from '@latchkey/core/kernel/result'
import type { Registry } from '@latchkey/core/notify/kind'
import { kinds } from '@latchkey/core/notify/kinds'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { outboxRelay } from '../../functions/src/groups/events.ts'
import { deliverer } from '../../functions/src/groups/notifications.ts'
import { bySystem } from '../../functions/src/platform/store/by-system.ts'
import { deliverNotifications } from '../../functions/src/rooms/notify/deliver/deliver-notifications.ts'
import { newKey } from '../attacks/two-agencies.ts'
import type { Actor, Answer } from '../support/world.ts'
import { type Message, type NotifyWorld, notifyWorld } from './support.ts'

const scopes = ['iam/tenants.readonly']
const scanner = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keyId = 'scanner-key-0001'

describe('of each kind', () => {
  let house: NotifyWorld
  let nora: Actor
  let otto: Actor
  let root: Actor
  let agency: string
  const published: { readonly topic: string; readonly message: unknown }[] = []
  beforeAll(async () => {
    const spki = scanner.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    const publish = async (topic: string, message: unknown) => void published.push({ topic, message })
    house = await notifyWorld({ publish, env: { LK_SCANNER_KEYS: `${keyId} ${spki}` } })
    root = await house.world.platformOwner()
    agency = await house.world.agency('Northwind', 'nora')
    await house.world.agency('Southwind', 'otto')
    nora = await house.world.person('nora')
    otto = await house.world.person('otto')
    await house.world.join(nora, 'petra', { tenant: agency, role: 'agency.admin', reach: 'subtree' })
  })
  afterAll(() => house.close())
  beforeEach(() => house.catcher.clear())

  const titlesOf = async (who: Actor): Promise<string[]> =>
    (await house.listOf(who)).items.map(({ title }: Answer) => title)
  /** As a job of the system would. */
  const happen = async (
    tenant: string,
    type: string,
    targets: readonly string[],
    details: object = {},
  ): Promise<Message> => {
    const { app } = house.world
    const opId = app.drawId(prefixes.op) as OpId // just drawn
    const context = bySystem({ job: 'test', opId, runId: app.drawId(prefixes.request), now: app.clock() })
    await app.store.commit(context, {
      tenant: tenant as TenantId, // of this world
      plan: async () => ok({ writes: [], event: { type, targets, details: { ...details } }, outcome: {} }),
      answer: (outcome) => outcome,
    })
    return { event: opId, tenant, type }
  }
  const report = async (secret: string) => {
    const tokens = [{ token: secret, type: 'latchkey_api_key', source: 'commit' }]
    const signature = sign('sha256', Buffer.from(JSON.stringify(tokens)), scanner.privateKey).toString('base64')
    const signed = { keyId, signature }
    expect(await house.world.withKey('').call('leaks/report', tokens, { authorization: [], signed })).toMatchObject({
      ok: true,
    })
  }

  it('C-012 a leaked key is in its owner’s list before any message, and mailed with it, once each', async () => {
    const { key, secret } = await newKey(await house.world.person('petra'), agency, { scopes, name: 'Shop' })
    await report(secret)
    const petra = await house.world.person('petra')
    const [notice] = (await house.listOf(petra)).items
    expect(notice).toMatchObject({ kind: 'key_leaked', severity: 'critical', unread: true, tenant: agency })
    expect(notice.title).toBe(`API key “${key.name}” was found in public`)
    await petra.must('notifications/markRead', { notifications: [notice.notification] })
    await house.deliverAll('credentials.key_leaked')
    await house.deliverAll('credentials.key_leaked')
    expect((await house.listOf(petra)).items).toEqual([{ ...notice, unread: false }])
    expect(house.mailsTo('petra').map(({ subject }) => subject)).toEqual([notice.title])
    expect(house.catcher.mails()).toHaveLength(1)
    expect(JSON.stringify(house.catcher.mails())).not.toContain(secret)
  })

  it('a change is told by what the relay hands to the topic, as it stands', async () => {
    const { app } = house.world
    await newKey(nora, agency, { scopes, name: 'Relayed' })
    for (const { event } of await house.events('credentials.key_created'))
      await outboxRelay(app).run({ runId: 'run_test', now: app.clock() }, { event }, {})
    const subscriber = deliverer(app)
    for (const { topic, message } of published)
      if (topic === subscriber.topic)
        await subscriber.run({ runId: 'run_test', now: app.clock() }, subscriber.message.parse(message))
    expect(await titlesOf(nora)).toContain('New API key “Relayed” at “Northwind”')
    expect(house.mailsTo('nora').map(({ subject }) => subject)).toContain('New API key “Relayed” at “Northwind”')
  })

  it('what a service account has is told to the owners of its tenant', async () => {
    const { service } = await nora.must('members/createService', { tenant: agency, name: 'Robot' })
    const role = { tenant: agency, principal: { service }, role: 'agency.admin', reach: 'subtree' }
    await nora.must('roles/assign', role)
    await newKey(nora, agency, { scopes, service, name: 'Of the robot' })
    await house.deliverAll('credentials.key_created', 'access.role_assigned')
    expect((await titlesOf(nora)).filter((title) => title.includes('“Of the robot”'))).toHaveLength(1)
    expect((await titlesOf(nora)).filter((title) => title.includes('You were given'))).toEqual([])
  })

  it('a job in trouble is told to the owners of the platform, and to no customer', async () => {
    const before = await titlesOf(nora)
    const details = { failures: 3, failure: 'Error: no room\r\nSubject: forged' }
    await house.deliver(await happen('platform', 'lifecycle.job_failed', ['job:sealAudit'], details))
    expect(await titlesOf(root)).toContain('Job “sealAudit” keeps failing')
    expect(house.mailsTo('platformowner')[0]?.plain).toContain('It said: Error: no room Subject: forged')
    expect(house.catcher.mails()).toHaveLength(1)
    expect([await titlesOf(nora), await titlesOf(otto)]).toEqual([before, []])
  })

  it('a webhook endpoint that was switched off is told to the owners of its tenant', async () => {
    const targets = [`webhook:whk_${'0'.repeat(22)}`]
    await house.deliver(await happen(agency, 'webhooks.endpoint_disabled', targets, { failures: 9 }))
    expect(await titlesOf(nora)).toContain('A webhook endpoint of “Northwind” was switched off')
    expect(house.mailsTo('nora')).toHaveLength(1)
    expect(await titlesOf(otto)).toEqual([])
  })

  it('a role that is taken is told to whoever held it, who did it, and not to whoever did it', async () => {
    const role = { tenant: agency, principal: { user: 'petra' }, role: 'account.viewer', reach: 'subtree' }
    const { assignment } = await nora.must('roles/assign', role)
    await nora.must('roles/unassign', { tenant: agency, assignment })
    await house.deliverAll('access.role_unassigned')
    const [notice] = (await house.listOf(await house.world.person('petra'))).items
    expect(notice.title).toBe('The role “account.viewer” at “Northwind” was taken from you')
    expect(notice.text).toContain('By “nora”.')
    expect(await titlesOf(nora)).not.toContain(notice.title)
  })

  it('a kind of a later room is one entry: registered, it is told as the others are', async () => {
    const more: Registry = { ...kinds, domain_verified: { ...kinds.app_installed, from: ['sso.domain_verified'] } }
    const { app } = house.world
    const message = await happen(agency, 'sso.domain_verified', ['domain:northwind.example'])
    await house.deliver(message)
    expect(await titlesOf(nora)).not.toContain('App “northwind.example” was installed at “Northwind”')
    const { mail } = app.config
    if (mail === undefined || app.sendMail === undefined) throw new Error('no mail')
    const { read, project, operate } = app.store
    const { accounts } = app.guard
    const dependencies = {
      ...app,
      read,
      project,
      operate,
      accounts,
      mail: { ...mail, send: app.sendMail },
      registry: more,
    }
    await deliverNotifications(dependencies).run({ runId: 'run_test', now: app.clock() }, message)
    expect(await titlesOf(nora)).toContain('App “northwind.example” was installed at “Northwind”')
    expect(house.mailsTo('nora')).toHaveLength(1)
  })
})
