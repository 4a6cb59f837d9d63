// Notifications in the app: once an event and person, the newest first, one's own and nobody else's.
import { instantOf, toIso } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../attacks/two-agencies.ts'
import { dump } from '../support/stored-documents.ts'
import type { Actor, Answer } from '../support/world.ts'
import { type NotifyWorld, notifyWorld } from './support.ts'

const scopes = ['iam/tenants.readonly']
const titles = (answer: Answer): string[] => answer.items.map(({ title }: Answer) => title)

describe('one’s notifications', () => {
  let house: NotifyWorld
  let nora: Actor
  let otto: Actor
  let north: string
  let south: string
  beforeAll(async () => {
    house = await notifyWorld()
    const { world } = house
    north = await world.agency('Northwind', 'nora')
    south = await world.agency('Southwind', 'otto')
    nora = await world.person('nora')
    otto = await world.person('otto')
  })
  afterAll(() => house.close())

  it('F-17 an event that is heard ten times, and by two at once, is shown once and mailed once', async () => {
    await newKey(nora, north, { scopes })
    const [message] = await house.events('credentials.key_created')
    if (message === undefined) throw new Error('no event')
    // Whoever finds another at work is heard again later, as the topic does it.
    const again = async (): Promise<void> => {
      for (;;)
        if (
          await house.deliver(message).then(
            () => true,
            () => false,
          )
        )
          return
    }
    await Promise.all([again(), again(), again()])
    for (let time = 0; time < 7; time++) await house.deliver(message)
    const list = await house.listOf(nora)
    expect(list.items).toHaveLength(1)
    expect(list.items[0]).toMatchObject({ kind: 'key_created', severity: 'warning', tenant: north, unread: true })
    expect(titles(list)[0]).toMatch(/^New API key “.*” at “Northwind”$/)
    expect(house.mailsTo('nora')).toHaveLength(1)
    expect((await house.listOf(otto)).items).toEqual([])
  })

  it('I-78 nobody reads or marks those of others: not by their ids, and no key or stranger any', async () => {
    const [mine] = (await house.listOf(nora)).items
    const { secret } = await newKey(nora, north, { scopes })
    const before = await dump(house.world.projectId, { without: ['limits/'] })
    expect(await otto.must('notifications/markRead', { notifications: [mine.notification] })).toMatchObject({
      marked: 0,
    })
    expect((await house.listOf(nora)).items[0].unread).toBe(true)
    for (const operation of ['list', 'getPreferences', 'setPreferences', 'markRead']) {
      const input = operation === 'markRead' ? { before: '2030-01-01T00:00:00.000Z' } : {}
      const asKey = await house.world.withKey(secret).call(`notifications/${operation}`, input)
      expect(asKey).toMatchObject({ ok: false, error: { code: 'permission_denied' } })
      expect(await house.world.anonymous.call(`notifications/${operation}`, input)).toMatchObject({ ok: false })
    }
    const after = await dump(house.world.projectId, { without: ['limits/'] })
    expect(JSON.parse(after).filter(([path]: [string]) => path.startsWith('users/nora/notifications'))).toEqual(
      JSON.parse(before).filter(([path]: [string]) => path.startsWith('users/nora/notifications')),
    )
  })

  it('are listed the newest first, page by page, and marked one by one, several, and all of before a moment', async () => {
    const { world } = house
    for (let count = 0; count < 4; count++) {
      world.advance(1_000)
      await newKey(nora, north, { scopes })
    }
    await house.deliverAll('credentials.key_created')
    const whole = await house.listOf(nora)
    const moments = whole.items.map(({ at }: Answer) => at)
    expect(moments).toEqual(moments.toSorted().reverse())
    expect(whole).toMatchObject({ unread: whole.items.length })
    const pages = []
    for (let page: string | undefined = ''; page !== undefined; ) {
      const answer: Answer = await house.listOf(nora, { limit: 2, ...(page === '' ? {} : { page }) })
      pages.push(...answer.items)
      page = answer.nextPage
    }
    expect(pages).toEqual(whole.items)
    const [newest, second, third] = whole.items
    const marked = await nora.must('notifications/markRead', {
      notifications: [newest.notification, newest.notification],
    })
    expect(marked).toMatchObject({ marked: 1 })
    expect(await nora.must('notifications/markRead', { notifications: [newest.notification] })).toMatchObject({
      marked: 0,
    })
    expect((await house.listOf(nora, { unread: true })).items[0]).toEqual(second)
    const before = toIso(instantOf(Date.parse(second.at)))
    expect(await nora.must('notifications/markRead', { before })).toMatchObject({
      marked: whole.items.length - 2,
      more: false,
    })
    const left = await house.listOf(nora)
    expect(left.unread).toBe(1)
    expect(left.items.filter(({ unread }: Answer) => unread)).toEqual([second])
    expect(third.unread).toBe(true)
  })

  it('what was read stays read when its event is heard again', async () => {
    await nora.must('notifications/markRead', { before: '2040-01-01T00:00:00.000Z' })
    await house.deliverAll('credentials.key_created')
    expect((await house.listOf(nora)).unread).toBe(0)
  })

  it('tells the owners of what happens at their tenant, but not whoever did it, and no owner of another', async () => {
    await house.world.join(nora, 'olga', { tenant: north, role: 'agency.owner', reach: 'subtree' })
    const olga = await house.world.person('olga')
    await nora.must('roles/setGuardrail', { tenant: north, deniedPermissions: ['contacts.export'], reason: 'audit' })
    await house.deliverAll('access.guardrail_set')
    expect(titles(await house.listOf(olga))).toContain('The guardrail of “Northwind” was changed')
    expect(titles(await house.listOf(nora))).not.toContain('The guardrail of “Northwind” was changed')
    expect((await house.listOf(otto)).items).toEqual([])
    expect(south).not.toBe(north)
  })

  it('a message that names another tenant’s event, or none, tells nobody', async () => {
    const [message] = await house.events('credentials.key_created')
    if (message === undefined) throw new Error('no event')
    const mails = house.catcher.mails().length
    await house.deliver({ ...message, tenant: south })
    await house.deliver({ ...message, event: `op_${'0'.repeat(22)}` })
    expect(house.catcher.mails()).toHaveLength(mails)
    expect((await house.listOf(otto)).items).toEqual([])
  })
})
