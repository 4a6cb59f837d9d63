// The settings of mails: none is fine, half of them stops the start, and nothing of them can smuggle a header.
import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'

const local = { GCLOUD_PROJECT: 'demo-x', FIRESTORE_EMULATOR_HOST: '127.0.0.1:8080' }
const real = {
  GCLOUD_PROJECT: 'latchkey-prod',
  LK_TRUSTED_HOPS: '1',
  LK_ISSUER: 'https://id.latchkey.example',
}
const mail = { LK_SMTP_HOST: 'smtp.provider.example', LK_MAIL_FROM: 'hello@latchkey.example' }

test('without a server no mail is sent', () => {
  expect(readConfig(real).mail).toBeUndefined()
})

test('I-06 links in mails come from the settings: the first origin of the app', () => {
  const { mail: found } = readConfig({
    ...real,
    ...mail,
    LK_APP_ORIGINS: 'https://app.latchkey.example,https://b.example',
  })
  expect(found).toEqual({
    host: 'smtp.provider.example',
    port: 587,
    from: 'hello@latchkey.example',
    perDay: 10_000,
    preferencesUrl: 'https://app.latchkey.example/notifications',
  })
})

test('locally the sender may be left out', () => {
  expect(readConfig({ ...local, LK_SMTP_HOST: '127.0.0.1', LK_SMTP_PORT: '9720' }).mail?.from).toMatch(/@/)
})

describe('refuses to start with', () => {
  test.each<[string, Record<string, string>]>([
    ['no sender', { LK_MAIL_FROM: '' }],
    ['a sender that ends a header', { LK_MAIL_FROM: 'hello@latchkey.example\r\nBcc: all@x.example' }],
    ['a sender with a name', { LK_MAIL_FROM: 'Hello <hello@latchkey.example>' }],
    ['a host with a path', { LK_SMTP_HOST: 'smtp.provider.example/x' }],
    ['a port that is none', { LK_SMTP_PORT: '0' }],
    ['a port that is a word', { LK_SMTP_PORT: 'smtp' }],
    ['a budget of nothing', { LK_MAILS_PER_DAY: '0' }],
    ['a budget that is a word', { LK_MAILS_PER_DAY: 'many' }],
  ])('%s', (_what, change) => {
    expect(() => readConfig({ ...real, ...mail, ...change })).toThrow(/LK_(SMTP|MAIL)/)
  })
})
