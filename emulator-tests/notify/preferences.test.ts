// Preferences and the digest: people hear of things as they wish, of their security always, and of many small things once a day.
import { hours } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { digests } from '../../functions/src/groups/notifications.ts'
import { newKey } from '../attacks/two-agencies.ts'
import { fly, loose } from '../support/fly.ts'
import { damage, moment, storedDocuments, text } from '../support/stored-documents.ts'
import type { Actor, Answer } from '../support/world.ts'
import { type NotifyWorld, notifyWorld } from './support.ts'

describe('preferences', () => {
  let house: NotifyWorld
  let nora: Actor
  let petra: Actor
  let agency: string
  beforeAll(async () => {
    house = await notifyWorld()
    agency = await house.world.agency('Northwind', 'nora')
    nora = await house.world.person('nora')
    await house.world.join(nora, 'petra', { tenant: agency, role: 'agency.auditor', reach: 'subtree' })
    petra = await house.world.person('petra')
  })
  afterAll(() => house.close())
  beforeEach(() => {
    house.catcher.clear()
    house.catcher.misbehave(undefined)
  })

  const kindOf = (view: Answer, name: string) => view.kinds.find(({ kind }: Answer) => kind === name)
  const set = (input: object) => petra.must('notifications/setPreferences', input)
  const giveRole = async (times = 1): Promise<void> => {
    const role = { tenant: agency, principal: { user: 'petra' }, role: 'account.viewer', reach: 'subtree' }
    for (let time = 0; time < times; time++) await nora.must('roles/assign', role)
    await house.deliverAll('access.role_assigned')
  }
  const untilHour = (hour: number): void => {
    const now = house.world.app.clock()
    const day = hours(24) * 1000
    house.world.advance(day - (now % day) + hours(hour) * 1000)
  }

  it('change what is named and leave the rest, and are the same when they are read again', async () => {
    const usual = await petra.must('notifications/getPreferences', {})
    expect(kindOf(usual, 'role_changed')).toMatchObject({ inApp: true, mail: 'digest', security: false })
    expect(usual.kinds.map(({ kind }: Answer) => kind)).not.toContain('app_installed')
    const changed = await set({ digestHour: 18, kinds: { role_changed: { mail: 'off' } } })
    expect(kindOf(changed, 'role_changed')).toMatchObject({ inApp: true, mail: 'off' })
    const again = await set({ kinds: { role_changed: { inApp: false } } })
    expect(kindOf(again, 'role_changed')).toMatchObject({ inApp: false, mail: 'off' })
    const { revision: _revision, ...view } = again
    expect(await petra.must('notifications/getPreferences', {})).toEqual(view)
    expect(view.digestHour).toBe(18)
    expect(kindOf(await nora.must('notifications/getPreferences', {}), 'role_changed')).toMatchObject({
      mail: 'digest',
    })
  })

  it('switched off means silence: not in the list and not by mail', async () => {
    await set({ kinds: { role_changed: { inApp: false, mail: 'off' } } })
    await giveRole()
    untilHour(20)
    await house.sendDigests()
    expect((await house.listOf(petra)).items).toEqual([])
    expect(house.mailsTo('petra')).toEqual([])
  })

  it.each([
    [{ key_created: { mail: 'off' } }, 'kinds.key_created.mail'],
    [{ key_leaked: { mail: 'digest' } }, 'kinds.key_leaked.mail'],
    [{ key_leaked: { inApp: false } }, 'kinds.key_leaked.inApp'],
  ])('refuse %j: security cannot be switched off', async (kinds, field) => {
    const before = await petra.must('notifications/getPreferences', {})
    const refused = await petra.call('notifications/setPreferences', {
      kinds: { role_changed: { mail: 'now' }, ...kinds },
    })
    expect(refused).toMatchObject({ ok: false, error: { code: 'invalid_request', field } })
    expect(await petra.must('notifications/getPreferences', {})).toEqual(before)
  })

  it.each([
    [{ kinds: { app_installed: { mail: 'off' } } }],
    [{ kinds: { nothing: { mail: 'off' } } }],
    [{ digestHour: 24 }],
    [{ kinds: { role_changed: { sms: true } } }],
  ])('refuse %j, which is nothing that can be chosen', async (input) => {
    expect(await petra.call('notifications/setPreferences', input)).toMatchObject({
      error: { code: 'invalid_request' },
    })
  })

  it('the digest comes once a day at its hour, as one mail of many; without anything there is none', async () => {
    await set({ digestHour: 9, kinds: { role_changed: { inApp: true, mail: 'digest' } } })
    untilHour(10)
    await giveRole(3)
    await giveRole(0) // heard again
    await house.sendDigests()
    expect(house.mailsTo('petra')).toEqual([])
    untilHour(8)
    await house.sendDigests()
    expect(house.mailsTo('petra')).toEqual([])
    house.world.advance(hours(1) * 1000 + 1_000)
    await Promise.all([house.sendDigests(), house.sendDigests()])
    await house.sendDigests()
    const [mail, ...others] = house.mailsTo('petra')
    expect(others).toEqual([])
    expect(mail?.subject).toMatch(/^\d+ notifications$/)
    expect(mail?.plain.match(/\* You were given the role/g)?.length).toBe(Number(mail?.subject.split(' ')[0]))
    expect(mail?.headers['list-unsubscribe']).toEqual(['<https://app.example/notifications>'])
    untilHour(9)
    await house.sendDigests()
    expect(house.mailsTo('petra')).toHaveLength(1)
  })

  it('F-17 a digest that could not be handed in comes at the next look, and once', async () => {
    await giveRole(2)
    untilHour(10)
    house.catcher.misbehave('later')
    await expect(house.sendDigests()).rejects.toThrow()
    expect(house.mailsTo('petra')).toEqual([])
    await giveRole() // comes while the other one waits
    house.world.advance(hours(1) * 1000)
    await house.sendDigests()
    await house.sendDigests()
    expect(house.mailsTo('petra').map(({ subject }) => subject)).toEqual(['3 notifications'])
  })

  it('F-16 two looks at once, neither knowing of the other, send a digest once', async () => {
    await giveRole()
    untilHour(10)
    const { app, projectId } = house.world
    const leaseUntil = moment(app.clock() + 60_000)
    await damage(projectId, 'digests/petra', { fence: text('at work'), leaseUntil })
    await house.sendDigests()
    expect(house.mailsTo('petra')).toEqual([])
    house.world.advance(61_000)
    await Promise.all([1, 2, 3].map((run) => digests(app).run(loose(app, `run_${run}`))))
    expect(house.mailsTo('petra').map(({ subject }) => subject)).toEqual(['One notification'])
  })

  it('T-46 digests that fail, however many, keep nobody else’s waiting, and come again later', async () => {
    await giveRole()
    untilHour(10)
    const { app, projectId } = house.world
    for (let index = 0; index < 40; index++) {
      const due = moment(app.clock() - hours(9) * 1000)
      await damage(projectId, `digests/spoilt${index}`, { items: text('none'), due, paid: { booleanValue: true } })
    }
    const accounts: typeof app.guard.accounts = {
      ...app.guard.accounts,
      mailboxesOf: async (uids) => {
        if (uids.some((uid) => uid.startsWith('spoilt'))) throw new Error('no such mailbox')
        return app.guard.accounts.mailboxesOf(uids)
      },
    }
    const faulty = { ...app, guard: { ...app.guard, accounts } }
    await expect(fly(digests(faulty), faulty)).rejects.toThrow('40 failed')
    expect(house.mailsTo('petra').map(({ subject }) => subject)).toEqual(['One notification'])
    house.world.advance(hours(1) * 1000)
    await house.sendDigests() // empty, and for nobody: they just go
    const left = [...(await storedDocuments(projectId))].filter(([path]) => path.startsWith('digests/spoilt'))
    expect(left).toEqual([])
  })

  it('what was switched off after it was put aside is left out', async () => {
    await giveRole()
    await set({ kinds: { role_changed: { mail: 'off' } } })
    untilHour(10)
    await house.sendDigests()
    expect(house.mailsTo('petra')).toEqual([])
  })
})

describe('the budget of mails', () => {
  interface Founded {
    readonly tenant: string
    readonly owner: Actor
  }
  const scopes = ['iam/tenants.readonly']
  let house: NotifyWorld
  let loud: Founded
  let calm: Founded
  let busy: Founded
  beforeAll(async () => {
    house = await notifyWorld({ env: { LK_MAILS_PER_DAY: '40' } }) // a tenant has two, and two for security
    const tenantOf = async (uid: string) => {
      const tenant = await house.world.agency(`Of ${uid}`, uid)
      return { tenant, owner: await house.world.person(uid) }
    }
    loud = await tenantOf('loud')
    calm = await tenantOf('calm')
    busy = await tenantOf('busy')
    await house.world.join(busy.owner, 'paul', { tenant: busy.tenant, role: 'agency.auditor', reach: 'subtree' })
  })
  afterAll(() => house.close())

  it('C-144 F-45 one tenant spends its own share: the rest waits for its digests, and others are mailed at once', async () => {
    for (let count = 0; count < 6; count++) await newKey(loud.owner, loud.tenant, { scopes })
    await newKey(calm.owner, calm.tenant, { scopes })
    await house.deliverAll('credentials.key_created')
    await house.deliverAll('credentials.key_created')
    expect(house.mailsTo('loud')).toHaveLength(2)
    expect(house.mailsTo('calm')).toHaveLength(1)
    expect((await house.listOf(loud.owner)).items).toHaveLength(6) // told at once all the same
    house.world.advance(hours(24) * 1000)
    await house.sendDigests()
    expect(house.mailsTo('loud').map(({ subject }) => subject)).toContain('4 notifications')
    expect(house.mailsTo('loud')).toHaveLength(3)
  })

  it('F-45 plain mails cannot take what is kept for security: with their part gone, a new key is mailed at once', async () => {
    house.world.advance(hours(24) * 1000)
    house.catcher.clear()
    const day = Math.floor(house.world.app.clock() / 1000 / hours(24))
    await house.world.app.store.operate.write({
      kind: 'set',
      path: `limits/mails-${day}-0`,
      fields: { plain: 32, security: 0 },
    })
    const paul = await house.world.person('paul')
    await paul.must('notifications/setPreferences', { kinds: { role_changed: { mail: 'now' } } })
    const role = { tenant: busy.tenant, principal: { user: 'paul' }, role: 'account.viewer', reach: 'subtree' }
    await busy.owner.must('roles/assign', role)
    await newKey(busy.owner, busy.tenant, { scopes })
    await house.deliverAll('access.role_assigned', 'credentials.key_created')
    expect(house.mailsTo('paul')).toEqual([])
    expect(house.mailsTo('busy')).toHaveLength(1)
  })
})
