// Whose OIDC token a schedule must bring: its own function's account, for its own service, and nobody else's.
import { expect, test } from 'vitest'
import { isOwnSchedule } from './invoker.ts'

const own = { functionName: 'sweepExpired', serviceName: 'sweepexpired', projectId: 'latchkey-prod' }
const token = {
  aud: 'https://sweepexpired-a1b2c3d4e5-uc.a.run.app',
  email: 'fn-sweep-expired@latchkey-prod.iam.gserviceaccount.com',
  email_verified: true,
}

test.each(['https://sweepexpired-a1b2c3d4e5-uc.a.run.app', 'https://sweepexpired-123456789012.us-central1.run.app/'])(
  'C-154 T-27 %s is this service',
  (aud) => {
    expect(isOwnSchedule({ ...token, aud }, own)).toBe(true)
  },
)

test.each([
  ['another function’s account', { email: 'fn-reconcile@latchkey-prod.iam.gserviceaccount.com' }],
  ['another project’s', { email: 'fn-sweep-expired@latchkey-evil.iam.gserviceaccount.com' }],
  ['a person of that name', { email: 'fn-sweep-expired@latchkey-prod.example' }],
  ['none', { email: undefined }],
  ['one that nobody has verified', { email_verified: false }],
  ['another service', { aud: 'https://reconcile-a1b2c3d4e5-uc.a.run.app' }],
  ['a service of a longer name', { aud: 'https://sweepexpired-of-mine-a1b2c3d4e5-uc.a.run.app' }],
  ['a host that only begins so', { aud: 'https://sweepexpired-a1b2c3d4e5-uc.a.run.app.evil.example' }],
  ['no https', { aud: 'http://sweepexpired-a1b2c3d4e5-uc.a.run.app' }],
  ['a client id', { aud: '32555940559.apps.googleusercontent.com' }],
])('C-154 T-27 a token of or for %s is refused', (_what, change) => {
  expect(isOwnSchedule({ ...token, ...change }, own)).toBe(false)
})

test('C-154 an instance that does not know what it serves believes nobody', () => {
  expect(isOwnSchedule(token, { ...own, functionName: undefined })).toBe(false)
  expect(isOwnSchedule(token, { ...own, serviceName: undefined })).toBe(false)
  expect(isOwnSchedule(token, { ...own, serviceName: '.*' })).toBe(false)
})
