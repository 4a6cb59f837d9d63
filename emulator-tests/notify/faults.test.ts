// Whatever comes twice, late or out of order, and whoever dies on the way: people are told once, and of everything.
import { days } from '@latchkey/core/kernel/time'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { reminders } from '../../functions/src/groups/notifications.ts'
import { newKey } from '../attacks/two-agencies.ts'
import { seeded, seedOfRun } from '../proof/support/random.ts'
import { type FirestoreProxy, firestoreProxy, grpcStatus, nth } from '../support/firestore-proxy.ts'
import { loose } from '../support/fly.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import type { Actor, Answer } from '../support/world.ts'
import { type Message, type NotifyWorld, notifyWorld } from './support.ts'

const scopes = ['iam/tenants.readonly']

describe('telling people of things', () => {
  let house: NotifyWorld
  let proxy: FirestoreProxy
  let nora: Actor
  let petra: Actor
  let agency: string
  let mend: (() => void) | undefined
  beforeAll(async () => {
    proxy = await firestoreProxy()
    house = await notifyWorld({ storeOf: proxy.store })
    agency = await house.world.agency('Northwind', 'nora')
    nora = await house.world.person('nora')
    await house.world.join(nora, 'petra', { tenant: agency, role: 'agency.owner', reach: 'subtree' })
    petra = await house.world.person('petra')
    await petra.must('notifications/setPreferences', { kinds: { role_changed: { mail: 'now' } } })
  })
  afterEach(() => {
    mend?.()
    house.catcher.clear()
    house.catcher.misbehave(undefined)
  })
  afterAll(async () => {
    await house.close()
    await proxy.close()
  })

  /** Until it is taken, as the topic does it. */
  const deliverAtLast = async (message: Message): Promise<void> => {
    for (let tries = 0; tries < 40; tries++) {
      const taken = await house.deliver(message).then(
        () => true,
        () => false,
      )
      if (taken) return
      house.world.advance(60_000)
    }
    throw new Error(`${message.event} was never taken`)
  }
  const shown = async (): Promise<string[]> =>
    [...(await storedDocuments(house.world.projectId))].flatMap(([path, fields]) => {
      const event = fields['event']?.['stringValue']
      return path.includes('/notifications/') ? [`${path.split('/')[1]} ${event}`] : []
    })
  const mailed = (): string[] =>
    house.catcher.mails().map(({ to, headers }) => `${to.join()} ${headers['message-id']?.[0]}`)
  const happen = async (): Promise<readonly Message[]> => {
    const types = ['credentials.key_created', 'access.role_assigned', 'access.guardrail_set']
    const before = new Set((await house.events(...types)).map(({ event }) => event))
    const role = { tenant: agency, principal: { user: 'petra' }, role: 'account.viewer', reach: 'subtree' }
    for (let round = 0; round < 3; round++) {
      await newKey(nora, agency, { scopes })
      await nora.must('roles/assign', role)
      const denied = [round % 2 === 0 ? 'contacts.export' : 'contacts.delete']
      await nora.must('roles/setGuardrail', { tenant: agency, deniedPermissions: denied, reason: 'audit' })
    }
    return (await house.events(...types)).filter(({ event }) => !before.has(event))
  }

  const newKeyEvent = async (): Promise<Message> => {
    const before = new Set((await house.events('credentials.key_created')).map(({ event }) => event))
    await newKey(nora, agency, { scopes })
    const [made] = (await house.events('credentials.key_created')).filter(({ event }) => !before.has(event))
    if (made === undefined) throw new Error('no event')
    return made
  }

  it('F-17 messages that come two to ten times, shuffled, a day late and three at a time leave what once and in order leaves', async () => {
    const seed = seedOfRun()
    console.log(`seed ${seed}`)
    const random = seeded(seed)
    const messages = await happen()
    expect(messages).toHaveLength(9)
    const many = messages.flatMap((message) => Array.from({ length: 2 + random.below(9) }, () => message))
    const shuffled = many
      .map((message) => ({ message, at: random.below(1_000_000) }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ message }) => message)
    house.world.advance(days(1) * 1000)
    const worker = async (): Promise<void> => {
      for (let one = shuffled.shift(); one !== undefined; one = shuffled.shift()) await deliverAtLast(one)
    }
    await Promise.all([worker(), worker(), worker()])
    const [seen, sent] = [await shown(), mailed()]
    for (const message of messages) await house.deliver(message)
    expect(await shown()).toEqual(seen)
    expect(mailed()).toEqual(sent)
    expect(new Set(seen).size).toBe(seen.length)
    expect(new Set(sent).size).toBe(sent.length)
    // Three keys to their owner; three roles and three guardrails to the other owner, the guardrails in the digest.
    expect(seen.filter((one) => one.startsWith('nora '))).toHaveLength(3)
    expect(seen.filter((one) => one.startsWith('petra '))).toHaveLength(6)
    expect(house.mailsTo('nora')).toHaveLength(3)
    expect(house.mailsTo('petra')).toHaveLength(3)
  }, 120_000)

  it.each([1, 2, 3])(
    'F-16 a delivery whose write number %d was lost, or whose answer was, tells once when it is tried again',
    async (ordinal) => {
      for (const answerLost of [false, true]) {
        house.catcher.clear()
        const message = await newKeyEvent()
        mend = proxy.inject({ method: 'Commit', status: grpcStatus.dataLoss, chosen: nth(ordinal), answerLost })
        const failed = await house.deliver(message).then(
          () => false,
          () => true,
        )
        mend()
        await deliverAtLast(message)
        await house.deliver(message)
        expect((await shown()).filter((one) => one === `nora ${message.event}`)).toHaveLength(1)
        const ids = house.mailsTo('nora').map(({ headers }) => headers['message-id']?.[0])
        // The third write is the mark after the server's yes: only there can a second mail be, and it is the same one.
        expect(new Set(ids).size).toBe(1)
        expect(ids.length).toBe(ordinal === 3 && failed && !answerLost ? 2 : 1)
      }
    },
    60_000,
  )

  it('F-16 reminders whose run died at any of its writes are each said once by the next run, and told once', async () => {
    const expiresAt = new Date(house.world.app.clock() + 31 * days(1) * 1000).toISOString()
    const keys: string[] = []
    for (let count = 0; count < 4; count++)
      keys.push(
        (await nora.must('apiKeys/create', { tenant: agency, name: `Ends ${count}`, scopes, expiresAt })).key.key,
      )
    house.world.advance(1.2 * days(1) * 1000)
    const { app } = house.world
    for (let ordinal = 1; ordinal <= 6; ordinal++) {
      mend = proxy.inject({
        method: 'Commit',
        status: grpcStatus.dataLoss,
        chosen: (one) => one >= ordinal,
        answerLost: ordinal % 2 === 0,
      })
      await reminders(app)
        .run(loose(app, `run_${ordinal}`))
        .catch(() => undefined)
      mend()
    }
    await house.remind()
    await house.remind()
    const said = [...(await storedDocuments(house.world.projectId))].filter(
      ([path, fields]) => path.includes('/audit/') && fields['type']?.['stringValue'] === 'credentials.key_expiring',
    )
    const abouts = said.map(([, fields]) => JSON.stringify(fields['targets']))
    for (const key of keys) expect(abouts.filter((about) => about.includes(key))).toHaveLength(1)
    await house.deliverAll('credentials.key_expiring')
    await house.deliverAll('credentials.key_expiring')
    const titles: string[] = (await house.listOf(nora)).items.map(({ title }: Answer) => title)
    for (let count = 0; count < 4; count++)
      expect(titles.filter((title) => title.includes(`“Ends ${count}”`))).toHaveLength(1)
    expect(house.mailsTo('nora')).toHaveLength(4)
  }, 60_000)
})
