// What background work costs in reads and writes of Firestore and operations of KMS, counted on the wire; `docs/reference/background-costs.md` is its print.
import { readFileSync, writeFileSync } from 'node:fs'
import { Firestore } from '@google-cloud/firestore'
import { days, hours, plusSeconds, secondsOf, toIso } from '@latchkey/core/kernel/time'
import { jobs } from '@latchkey/core/lifecycle/jobs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assumed } from '../../dev/generate/capacity/load.ts'
import { type MailCatcher, startMailCatcher } from '../../dev/stack/mail/mail-catcher.ts'
import { createApp } from '../../functions/src/app.ts'
import { sealing } from '../../functions/src/groups/audit.ts'
import { outboxRelay } from '../../functions/src/groups/events.ts'
import { deliverer, digests, reminders } from '../../functions/src/groups/notifications.ts'
import { reconciler } from '../../functions/src/groups/reconcile.ts'
import { grantsTrigger } from '../../functions/src/groups/roles.ts'
import { keyRotation, secretRotation } from '../../functions/src/groups/signing.ts'
import { sweep } from '../../functions/src/groups/sweep.ts'
import { webhookDeliverer } from '../../functions/src/groups/webhooks.ts'
import type { SubscriberDefinition } from '../../functions/src/guard/definition.ts'
import type { FlightPlan } from '../../functions/src/guard/doors/single-flight.ts'
import { takeMessage } from '../../functions/src/guard/doors/take-message.ts'
import { outboxShards } from '../../functions/src/platform/store/commit.ts'
import { outboxSince } from '../../functions/src/platform/store/reader.ts'
import { makeWay, type Receiver, receiver, type Way } from '../events/support.ts'
import { platformVerifier } from '../sdk/support.ts'
import { fly } from '../support/fly.ts'
import { endpoints } from '../support/stack.ts'
import { storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, actor, allOperations } from '../support/world.ts'
import { type Cost, type Counting, counting, ofEach, without } from './background/counting.ts'
import { pageOf, type Row } from './background/page.ts'
import { accountNamed, plantEvents, plantOver } from './background/planted.ts'

const file = 'docs/reference/background-costs.md'
const update = process.env['UPDATE_REFERENCE'] !== undefined

describe('the cost of background work', () => {
  let counted: Counting
  let way: Way
  let hook: Receiver
  let catcher: MailCatcher
  let firestore: Firestore
  let owner: Actor
  let agency: string
  const rows: Row[] = []

  beforeAll(async () => {
    counted = await counting()
    hook = await receiver()
    catcher = await startMailCatcher({ port: 0 })
    const mail = {
      LK_SMTP_HOST: '127.0.0.1',
      LK_SMTP_PORT: String(catcher.port),
      LK_APP_ORIGINS: 'https://app.example',
    }
    way = await makeWay([hook], { ...counted.options, env: { ...mail, LK_WEBHOOK_ALLOW: hook.host } })
    firestore = new Firestore({ projectId: way.world.projectId })
    agency = await way.world.agency('Measured', 'olivia')
    owner = await way.world.person('olivia')
    await way.world.join(owner, 'vera', { tenant: agency, role: 'agency.auditor', reach: 'subtree' })
  }, 60_000)
  afterAll(async () => {
    await firestore.terminate()
    await way.world.close()
    await catcher.close()
    hook.close()
    await counted.close()
  })

  const app = () => way.world.app
  /** Another one of the same platform, which has nothing at hand. */
  const instance = () => {
    const { projectId } = way.world
    const { kms, storeOf } = counted.options
    return createApp(
      { GCLOUD_PROJECT: projectId, FIRESTORE_EMULATOR_HOST: endpoints.firestore, LK_KMS_ENDPOINT: kms },
      { clock: app().clock, log: () => undefined, store: storeOf(projectId, app().clock) },
    )
  }
  const row = (work: string, what: string, cost: Cost): void => void rows.push({ work, what, cost })
  const job = () => ({ runId: app().drawId('req'), now: app().clock() })
  const run = (plan: FlightPlan): Promise<Cost> => counted.cost(() => fly(plan, app()))
  /** Hands everything that waits to the topic, and answers the messages. */
  const relayed = async () => {
    const { docs } = await firestore.collection('outbox').where('toRelay', '>=', 0).get()
    await Promise.all(docs.map(({ id }) => outboxRelay(app()).run(job(), { event: id }, {})))
    return way.messages.splice(0)
  }
  const take = (subscriber: SubscriberDefinition, message: object): Promise<Cost> => {
    const data = Buffer.from(JSON.stringify(message)).toString('base64')
    return counted.cost(() => takeMessage(subscriber, { messageId: app().drawId(), data }, app().guard))
  }
  const lastOf = (messages: Way['messages'], type: string): Readonly<Record<string, string>> => {
    const found = messages.findLast((message) => message['type'] === type)
    if (found === undefined) throw new Error(`no message of ${type}`)
    return found
  }
  const named = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name} ${index}`)

  it('is counted for sealing, relaying and listening', async () => {
    const seal = sealing(app())
    await fly(seal, app())
    await fly(seal, app()) // what the making of its key has left
    row('sealAudit', 'a run that finds nothing', await run(seal))
    const sealed = async (name: string, accounts: readonly string[]): Promise<Cost> => {
      await plantEvents(app(), name, accounts.map(accountNamed))
      return run(seal)
    }
    const few = await sealed('few apart', named('few', 16))
    const ofOwn = ofEach(few, await sealed('many apart', named('many', 32)), 16)
    const one = await sealed('few together', Array(16).fill('one'))
    const together = ofEach(one, await sealed('many together', Array(32).fill('one')), 16)
    row('sealAudit', 'a run that seals, before its events', without(few, ofOwn, 16))
    row('sealAudit', 'each event more, of a tenant of its own', ofOwn)
    row('sealAudit', 'each event more, of the same tenant', together)
    await relayed()

    const heard: string[] = []
    const stop = outboxSince(firestore, app().clock(), outboxShards).onSnapshot((snapshot) => {
      for (const { type, doc } of snapshot.docChanges()) if (type !== 'removed') heard.push(`${type} ${doc.ref.path}`)
    })
    const [event = ''] = await plantEvents(app(), 'heard', [accountNamed('heard')])
    const tellings = (end: string): number => heard.filter((one) => one.endsWith(end)).length
    const heardOf = (count: number) => expect.poll(() => tellings(event)).toBe(count)
    await heardOf(1)
    row('onOutboxCreated', 'each event', await counted.cost(() => outboxRelay(app()).run(job(), { event }, {})))
    await heardOf(2)
    await fly(seal, app())
    await heardOf(3)
    const pulse = await counted.cost(() => app().store.outbox.pulse(app().clock()))
    await expect.poll(() => tellings('/pulse')).toBe(1)
    stop()
    const listening = { calls: 0, writes: 0, kms: 0 }
    row('events/changes', 'each event, at each instance that listens', { ...listening, reads: tellings(event) })
    row('events/changes', 'a pulse, for whoever writes it', pulse)
    row('events/changes', 'a pulse, at each instance that listens', { ...listening, reads: tellings('/pulse') })
  }, 60_000)

  it('is counted for what follows from a change of roles, and for telling people', async () => {
    await relayed()
    const tenant = agency
    const grant = { tenant, principal: { user: 'vera' }, role: 'account.viewer', reach: 'subtree' }
    const { assignment } = await owner.must('roles/assign', grant)
    const trigger = grantsTrigger(app())
    const recomputed = await counted.cost(() => trigger.run(job(), { tenant, assignment }, {}))
    row('onAssignmentWritten', 'of somebody who holds two roles there', recomputed)
    await owner.must('apiKeys/create', { tenant, name: 'Told', scopes: ['contacts.readonly'] })
    await owner.must('tenants/update', { tenant, name: 'Measured anew' })
    const messages = await relayed()
    const tell = deliverer(app())
    const told = (type: string) => take(tell, lastOf(messages, type))
    row('deliverNotifications', 'an event of no kind', await told('tenancy.tenant_renamed'))
    row('deliverNotifications', 'one person, by list and mail', await told('credentials.key_created'))
    row('deliverNotifications', 'one person, by list and digest', await told('access.role_assigned'))
    expect(catcher.mails()).toHaveLength(1)
    row('sendDigests', 'a run that finds nothing', await run(digests(app())))
  }, 60_000)

  it('is counted for webhooks', async () => {
    const { tenant } = await owner.must('tenants/create', { parent: agency, name: 'Hooked' })
    const renamed = async (name: string) => {
      await owner.must('tenants/update', { tenant, name })
      return lastOf(await relayed(), 'tenancy.tenant_renamed')
    }
    const deliver = webhookDeliverer(app())
    const turn = async (): Promise<Cost> => {
      const [task] = way.tasks.splice(0)
      if (task === undefined) throw new Error('no task')
      return counted.cost(() => way.sender.run(job(), task.task))
    }
    const made = () =>
      owner.must('webhooks/create', { tenant, name: 'Shop', url: hook.url, types: ['tenancy.tenant_renamed'] })
    const none = await take(deliver, await renamed('Once'))
    row('deliverWebhooks', 'an event of an account that no endpoint asked for', none)
    const { webhook } = await made()
    const one = await take(deliver, await renamed('Twice'))
    row('deliverWebhooks', 'each endpoint that is told', ofEach(none, one, 1))
    row('attemptWebhooks', 'a turn of one delivery, its secret not at hand', await turn())
    await take(deliver, await renamed('Again'))
    row('attemptWebhooks', 'a turn of one delivery', await turn())
    const turnOf = async (count: number): Promise<Cost> => {
      for (const name of named(`Name of ${count}`, count)) await take(deliver, await renamed(name))
      return turn()
    }
    const four = await turnOf(4)
    row('attemptWebhooks', 'each delivery more in a turn', ofEach(four, await turnOf(8), 4))
    expect(hook.got).toHaveLength(14)
    await owner.must('webhooks/delete', { tenant, webhook: webhook.webhook })
  }, 60_000)

  it('is counted for the reconciler, a walk over everything', async () => {
    const walk = async (): Promise<Cost> => {
      await relayed()
      return run(reconciler(app()))
    }
    const accounts: Answer[] = []
    const founded = async (names: readonly string[]): Promise<void> => {
      for (const name of names) accounts.push(await owner.must('tenants/create', { parent: agency, name }))
    }
    const joined = async (people: readonly string[]): Promise<void> => {
      const place = { tenant: accounts[0].tenant, role: 'account.viewer', reach: 'node' }
      for (const uid of people) await way.world.join(owner, uid, place)
    }
    await founded(['First'])
    await joined(['paula']) // where there is one already, a look for others costs no more
    const before = await walk()
    await founded(named('Account', 4))
    const withAccounts = await walk()
    await joined(['pavel', 'pedro', 'petra'])
    const withPeople = await walk()
    const keys: Answer[] = []
    for (const { tenant } of accounts)
      keys.push(await owner.must('apiKeys/create', { tenant, name: 'Key', scopes: ['contacts.readonly'] }))
    const withKeys = await walk()
    row('reconcile', 'a walk over a small platform', before)
    row('reconcile', 'each account more', ofEach(before, withAccounts, 4))
    row('reconcile', 'each person more, with one role', ofEach(withAccounts, withPeople, 3))
    row('reconcile', 'each account’s first API key', ofEach(withPeople, withKeys, 5))
  }, 60_000)

  it('is counted for reports of used keys, at an instance that knows them and at another', async () => {
    const { world } = way
    const founded = async (name: string): Promise<Answer> => {
      const { tenant } = await owner.must('tenants/create', { parent: agency, name })
      return owner.must('apiKeys/create', { tenant, name: 'Used', scopes: ['contacts.readonly'] })
    }
    const keys: Answer[] = []
    for (const name of named('Of a used key', 5)) keys.push(await founded(name))
    const verifier = await platformVerifier(world)
    const another = instance()
    const reporters = [world.app, another].map((one) =>
      actor(one, allOperations(one), { transport: 'http', authorization: [`Bearer ${verifier}`] }),
    )
    const report = async (at: number, used: readonly Answer[], isTold: boolean): Promise<Cost> => {
      world.advance(6_000) // nothing of before is kept
      await Promise.all([app(), another].map(({ catalogues }) => catalogues.head())) // read every five seconds, whatever is called
      const lastUsedAt = isTold ? Number(app().clock()) : 0
      const uses = used.map(({ secret }) => ({ secret: secret.slice(7, 29), count: 3, denied: 0, lastUsedAt }))
      const asked = reporters[at]
      if (asked === undefined) throw new Error('no such instance')
      return counted.cost(() => asked.must('credentials/usage', { process: '0'.repeat(16), uses }))
    }
    const one = keys.slice(0, 1)
    for (const at of [0, 1]) await report(at, one, true)
    const slope = async (at: number, isTold: boolean): Promise<Cost> =>
      ofEach(await report(at, one, isTold), await report(at, keys, isTold), 4)
    const written = await slope(0, true)
    const elsewhere = await slope(1, true)
    const again = await slope(0, true)
    const counting = await slope(0, false)
    row('credentials/usage', 'a report, before its keys', without(await report(0, one, false), counting, 1))
    row('credentials/usage', 'each key whose last use is written down, of an account of its own', written)
    row('credentials/usage', 'each key whose last use another instance wrote down', elsewhere)
    row('credentials/usage', 'each key whose last use this instance noted', again)
    row('credentials/usage', 'each key that is only counted', counting)
    await another.store.close()
  }, 60_000)

  it('is counted for tokens, of an instance that begins and of one at work', async () => {
    const { world } = way
    const key = await owner.must('apiKeys/create', { tenant: agency, name: 'Tokens', scopes: ['contacts.readonly'] })
    world.advance(-16 * 60_000)
    await app().signing.sign('access', 'at+jwt', { exp: Math.floor(app().clock() / 1000) + 60 })
    world.advance(16 * 60_000) // an active key and a standby that everybody has heard of
    const fresh = instance()
    const credential = { transport: 'http', authorization: [`Bearer ${key.secret}`] } as const
    const customer = actor(fresh, allOperations(fresh), credential)
    const exchanged = () => counted.cost(() => customer.must('credentials/exchange', {}))
    const first = await exchanged()
    const second = await exchanged()
    await fresh.store.close()
    row('credentials/exchange', 'the first token of an instance', first)
    row('credentials/exchange', 'each token more, with all else at hand', second)
  }, 60_000)

  it('is counted for sweeps, rotations and reminders', async () => {
    const sweeping = sweep(app())
    const nothing = await run(sweeping)
    row('sweepExpired', 'a run that finds nothing', nothing)
    const swept = async (records: number, keys: number): Promise<Cost> => {
      await plantOver(firestore, app(), { records, keys })
      return run(sweeping)
    }
    const both = await swept(1, 1)
    const record = ofEach(both, await swept(31, 1), 30)
    const key = ofEach(both, await swept(1, 31), 30)
    row('sweepExpired', 'each record more', record)
    row('sweepExpired', 'each key, role or invitation more', key)
    const others = without(without(both, record, 1), key, 1)
    row('sweepExpired', 'each tenant with some of those', without(others, nothing, 1))
    for (const [name, plan] of [
      ['rotateSigningKeys', keyRotation(app())],
      ['rotateSecrets', secretRotation(app())],
    ] as const) {
      await fly(plan, app())
      row(name, 'a run that finds nothing', await run(plan))
    }
    const remind = reminders(app())
    row('remindExpiring', 'a run that finds nothing', await run(remind))
    const ending = (name: string, inDays: number) => {
      const expiresAt = toIso(plusSeconds(app().clock(), secondsOf(days(inDays) + hours(6))))
      return owner.must('apiKeys/create', { tenant: agency, name, scopes: ['contacts.readonly'], expiresAt })
    }
    await ending('Ends', 8)
    for (const name of named('Ends later', 6)) await ending(name, 10)
    way.world.advance(days(2) * 1000)
    const one = await run(remind)
    way.world.advance(days(2) * 1000)
    row('remindExpiring', 'each key that is spoken of', ofEach(one, await run(remind), 5))
    const empty = rows.find(({ work }) => work === 'sendDigests')
    if (empty === undefined) throw new Error('a run of `sendDigests` was counted before')
    row('sendDigests', 'each digest', ofEach(empty.cost, await run(digests(app())), 1))
    expect(catcher.mails()).toHaveLength(2)
  }, 60_000)

  it('stores and logs no more than capacity is reckoned with', async () => {
    const mean = (texts: readonly string[]): number =>
      texts.reduce((sum, { length }) => sum + length, 0) / Math.max(1, texts.length)
    const stored = [...(await storedDocuments(way.world.projectId))]
    // As JSON, in which every value carries the name of its type: what Firestore stores is shorter.
    const bytesOf = (part: string): number =>
      mean(stored.filter(([path]) => path.includes(part)).map(([, fields]) => JSON.stringify(fields)))
    const event = bytesOf('/audit/') + bytesOf('/segments/')
    expect(event).toBeGreaterThan(0)
    expect(event).toBeLessThan(assumed.storedEventBytes / 2)
    const line = mean(way.world.logs.filter((one) => one.includes('call answered')))
    expect(line).toBeGreaterThan(0)
    expect(line).toBeLessThan(assumed.loggedBytesOfRequest / 2)
    const reported = way.world.logs.map((one) => JSON.parse(one)).filter(({ message }) => message === 'usage reported')
    const uses = mean(reported.flatMap((one) => one.uses).map((use: unknown) => JSON.stringify(use)))
    expect(uses).toBeGreaterThan(0)
    expect(uses).toBeLessThan(assumed.loggedBytesOfUse)
  })

  it('L-14 asks KMS once for a seal, twice for an instance that begins to issue, and never for a token more', () => {
    const kmsOf = (wanted: string) => rows.filter(({ work }) => work === wanted).map(({ cost }) => cost.kms)
    expect(kmsOf('sealAudit')).toEqual([0, 1, 0, 0])
    expect(kmsOf('credentials/exchange')).toEqual([2, 0]) // the active key, and its standby
    expect(kmsOf('onOutboxCreated')).toEqual([0])
  })

  it('L-03 writes nothing for an event of no kind and no endpoint, and nothing in runs that find nothing but of themselves', () => {
    const idle = rows.filter(({ what }) => what === 'a run that finds nothing')
    expect(idle.map(({ work }) => work).toSorted()).toEqual(
      Object.keys(jobs)
        .filter((name) => name !== 'reconcile')
        .toSorted(),
    )
    for (const { work, cost } of idle) expect(cost.writes, work).toBeLessThan(5)
    expect(rows.find(({ what }) => what === 'an event of no kind')?.cost).toEqual({
      calls: 0,
      reads: 0,
      writes: 0,
      kms: 0,
    })
    expect(rows.find(({ work }) => work === 'deliverWebhooks')?.cost.writes).toBe(0)
  })

  it('is printed in docs/reference/background-costs.md, and no figure has changed', () => {
    const text = pageOf(rows)
    if (update) writeFileSync(file, text)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })
})
