// Mails: to verified mailboxes, once an event and person whatever fails on the way, and with nothing in them that others can misuse.
import { getApps } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { smtpMailer, smtpSecret } from '../../functions/src/platform/mail.ts'
import { newKey } from '../attacks/two-agencies.ts'
import { damage, storedDocuments, text } from '../support/stored-documents.ts'
import type { Actor, Answer } from '../support/world.ts'
import { type Message, type NotifyWorld, notifyWorld } from './support.ts'

const scopes = ['iam/tenants.readonly']
const hostile = `<img src="https://evil.example/x.png">"><b>Pay here</b>`

describe('mails', () => {
  let house: NotifyWorld
  let nora: Actor
  let agency: string
  beforeAll(async () => {
    house = await notifyWorld()
    agency = await house.world.agency(hostile, 'nora')
    nora = await house.world.person('nora')
    await house.world.join(nora, 'petra', { tenant: agency, role: 'agency.auditor', reach: 'subtree' })
  })
  afterAll(() => house.close())
  beforeEach(() => {
    house.catcher.clear()
    house.catcher.misbehave(undefined)
  })

  const keyEvent = async (): Promise<Message> => {
    const { key } = await newKey(nora, agency, { scopes })
    const stored = [...(await storedDocuments(house.world.projectId))]
    const [path = ''] = stored.find(
      ([one, fields]) => one.includes('/audit/') && JSON.stringify(fields['targets'] ?? '').includes(key.key),
    ) ?? ['']
    return { event: path.split('/').at(-1) ?? '', tenant: agency, type: 'credentials.key_created' }
  }
  const roleEvent = async (): Promise<Message> => {
    const before = (await house.events('access.role_assigned')).map(({ event }) => event)
    await nora.must('roles/assign', {
      tenant: agency,
      principal: { user: 'petra' },
      role: 'account.viewer',
      reach: 'subtree',
    })
    const [made] = (await house.events('access.role_assigned')).filter(({ event }) => !before.includes(event))
    if (made === undefined) throw new Error('no event')
    return made
  }

  it('C-147 a hostile name is escaped, loads nothing, and adds no header, also where it got past the door of names', async () => {
    const message = await keyEvent()
    await damage(house.world.projectId, `tenants/${agency}`, {
      name: text(`${hostile}\r\nBcc: everybody@evil.example\r\n\r\n<script>alert(1)</script>\u202e`),
    })
    await house.deliver(message)
    await damage(house.world.projectId, `tenants/${agency}`, { name: text(hostile) })
    const [mail, ...others] = house.mailsTo('nora')
    expect(others).toEqual([])
    expect(house.catcher.mails()).toHaveLength(1)
    expect(mail?.to).toEqual(['nora@people.example'])
    expect(Object.keys(mail?.headers ?? {})).not.toContain('bcc')
    expect(mail?.subject).not.toMatch(/[\r\n\u202e]/)
    expect(mail?.html).not.toMatch(/<(img|script|b|link|iframe)\b/i)
    expect(mail?.html).toContain('&lt;img')
    expect(mail?.plain).not.toMatch(/^(Bcc|<script)/im)
    expect(mail?.plain).toContain('was created at')
  })

  it('says in its headers that a machine sent it, from which event, and where it is switched off if it can be', async () => {
    const secure = await keyEvent()
    await house.deliver(secure)
    const [first] = house.mailsTo('nora')
    expect(first?.headers['message-id']?.[0]).toContain(`<${secure.event}.`)
    expect(first?.headers['auto-submitted']).toEqual(['auto-generated'])
    expect(first?.headers['list-unsubscribe']).toBeUndefined()
    expect(first?.plain).toContain('cannot be switched off')
    const petra = await house.world.person('petra')
    await petra.must('notifications/setPreferences', { kinds: { role_changed: { mail: 'now' } } })
    await house.deliver(await roleEvent())
    const [second] = house.mailsTo('petra')
    expect(second?.headers['list-unsubscribe']).toEqual(['<https://app.example/notifications>'])
    expect(second?.subject).toMatch(/^You were given the role “account\.viewer” at /)
  })

  it('F-17 a server that is busy is asked again, and then the person is mailed once', async () => {
    const message = await keyEvent()
    house.catcher.misbehave('later', 2)
    await expect(house.deliver(message)).rejects.toMatchObject({ fault: 'unavailable' })
    expect(house.mailsTo('nora')).toEqual([])
    expect((await house.listOf(nora)).items[0]).toMatchObject({ kind: 'key_created' }) // shown although it was not mailed
    await expect(house.deliver(message)).rejects.toMatchObject({ fault: 'unavailable' })
    await house.deliver(message)
    await house.deliver(message)
    expect(house.mailsTo('nora')).toHaveLength(1)
  })

  it('a mailbox that the server refuses for good is not tried again', async () => {
    const message = await keyEvent()
    house.catcher.misbehave('refuse')
    await house.deliver(message)
    await house.deliver(message)
    expect(house.mailsTo('nora')).toEqual([])
  })

  it('F-17 a sender that died after its claim is taken over when its lease is over, and by nobody before', async () => {
    const message = await keyEvent()
    house.catcher.misbehave('later')
    await expect(house.deliver(message)).rejects.toThrow()
    const leaseUntil = { timestampValue: new Date(house.world.app.clock() + 60_000).toISOString() }
    await damage(house.world.projectId, `mails/${message.event}-nora`, { fence: text('dead'), leaseUntil })
    await expect(house.deliver(message)).rejects.toMatchObject({ fault: 'unavailable' })
    expect(house.mailsTo('nora')).toEqual([])
    house.world.advance(61_000)
    await house.deliver(message)
    expect(house.mailsTo('nora')).toHaveLength(1)
  })

  it('when the server took it and its yes was lost, it comes once more under the same Message-ID, which is all that can be known', async () => {
    const message = await keyEvent()
    house.catcher.misbehave('take and hang up')
    await expect(house.deliver(message)).rejects.toMatchObject({ fault: 'unavailable' })
    await house.deliver(message)
    await house.deliver(message)
    const ids = house.mailsTo('nora').map(({ headers }) => headers['message-id']?.[0])
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })

  it('what no message brings back is found by the hourly look, and sent once', async () => {
    const message = await keyEvent()
    house.catcher.misbehave('later')
    await expect(house.deliver(message)).rejects.toThrow()
    await house.sendDigests()
    expect(house.mailsTo('nora')).toEqual([]) // it is somebody else’s for ten minutes
    house.world.advance(11 * 60_000)
    await house.sendDigests()
    await house.sendDigests()
    await house.deliver(message)
    expect(house.mailsTo('nora')).toHaveLength(1)
  })

  it('goes to nobody whose mailbox is not verified or whose account is shut, and still shows in their list', async () => {
    const auth = getAuth(getApps().find(({ name }) => name === house.world.projectId))
    for (const shut of [{ emailVerified: false }, { disabled: true }]) {
      const message = await keyEvent()
      await auth.updateUser('nora', shut)
      await house.deliver(message)
      await auth.updateUser('nora', { emailVerified: true, disabled: false })
      expect(house.catcher.mails()).toEqual([])
      await house.deliver(message) // the control
      expect(house.mailsTo('nora')).toHaveLength(1)
      house.catcher.clear()
    }
  })

  it('in a real project nothing is handed in without credentials, nor to a server that does not encrypt', async () => {
    const { app } = house.world
    const { secrets } = app.secrets
    if (app.config.mail === undefined) throw new Error('no mail')
    const mail = { to: 'nora@people.example', subject: 'Hi', plain: 'Hi', html: 'Hi', id: 'x', unsubscribe: undefined }
    const send = (local: boolean) =>
      app.config.mail && smtpMailer(app.config.mail, { clock: app.clock, secrets, local })(mail)
    await expect(send(false)).rejects.toThrow(/no version/)
    await secrets.add(smtpSecret, Buffer.from(JSON.stringify({ user: 'latchkey' })))
    await expect(send(false)).rejects.toThrow(/no user and password/)
    await secrets.add(smtpSecret, Buffer.from(JSON.stringify({ user: 'latchkey', password: 'shown-to-nobody' })))
    await expect(send(false)).rejects.toMatchObject({ fault: 'unavailable' })
    expect(house.catcher.mails()).toEqual([])
    expect(await send(true)).toBe('sent') // the control: beside emulators
    expect(house.catcher.mails()).toHaveLength(1)
  })

  it('nothing is sent without a mail server, and people are told in their lists all the same', async () => {
    const bare = await notifyWorld({ env: { LK_SMTP_HOST: '' } })
    const tenant = await bare.world.agency('Bare', 'bea')
    const bea = await bare.world.person('bea')
    await newKey(bea, tenant, { scopes })
    await bare.deliverAll('credentials.key_created')
    await bare.sendDigests()
    const list: Answer = await bare.listOf(bea)
    expect(list.items).toHaveLength(1)
    expect(bare.catcher.mails()).toEqual([])
    await bare.close()
  })
})
