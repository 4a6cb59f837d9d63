// The mail catcher takes what a stock client sends and gives it back as it was; a mail with dots and umlauts first of all.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterEach, expect, test } from 'vitest'
import { type MailCatcher, startMailCatcher } from './mail-catcher.ts'

let catcher: MailCatcher
afterEach(() => catcher.close())

const mail = {
  from: 'from@people.example',
  to: 'nora@people.example',
  subject: 'Grüße “Café” ☕ and a rather long subject that has to be folded over more than one line',
  text: 'First line\n.\n..two dots\nÜber = 100 %',
  html: '<p>Über = 100 %</p>',
}
const send = () => createTransport({ host: '127.0.0.1', port: catcher.port, ignoreTLS: true }).sendMail(mail)

test('a mail comes back with its subject, both parts and its recipient', async () => {
  catcher = await startMailCatcher({ port: 0 })
  await send()
  const [caught] = catcher.mails()
  expect(caught).toMatchObject({ to: ['nora@people.example'], subject: mail.subject })
  expect(caught?.plain.trim().replaceAll('\r\n', '\n')).toBe(mail.text)
  expect(caught?.html.trim()).toBe(mail.html)
})

test('what it keeps in a folder is there after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lk-mails-'))
  catcher = await startMailCatcher({ port: 0, folder })
  await send()
  const before = catcher.mails()
  await catcher.close()
  catcher = await startMailCatcher({ port: 0, folder })
  expect(catcher.mails().map(({ to, subject, plain, html }) => ({ to, subject, plain, html }))).toEqual(
    before.map(({ to, subject, plain, html }) => ({ to, subject, plain, html })),
  )
})

test('a test can let it refuse for good, refuse for now, or take a mail and hang up', async () => {
  catcher = await startMailCatcher({ port: 0 })
  catcher.misbehave('refuse')
  await expect(send()).rejects.toMatchObject({ responseCode: 550 })
  catcher.misbehave('later')
  await expect(send()).rejects.toMatchObject({ responseCode: 451 })
  expect(catcher.mails()).toHaveLength(0)
  catcher.misbehave('take and hang up')
  await expect(send()).rejects.toThrow()
  await send()
  expect(catcher.mails()).toHaveLength(2)
})
