// Every kind of notification: what it comes from, who is told, whether it can be switched off, and its words. A new one is one entry here.
import type { Kind, NoticeFacts } from './kind.ts'
import { listed, quoted, said, textIn, utc } from './words.ts'

const by = ({ actorName }: NoticeFacts): string => (actorName === undefined ? '' : `By ${quoted(actorName)}.`)
const because = ({ event }: NoticeFacts): string =>
  event.reason === undefined ? '' : `The reason given: ${quoted(event.reason)}.`
const at = ({ tenantName }: NoticeFacts): string => quoted(tenantName)
const isTaken = ({ event }: NoticeFacts): boolean => event.type === 'access.role_unassigned'

const security = { security: true, noisy: false } as const
const quiet = { security: false, noisy: false } as const
const noisy = { security: false, noisy: true } as const
const ending = { ...quiet, severity: 'warning', until: 'endsAt' } as const

const ends = (what: string, then: string) => (facts: NoticeFacts) => ({
  title: `${what} ${quoted(facts.subject)} ends on ${utc(facts.event.details['endsAt'])}`,
  lines: said(`${what} ${quoted(facts.subject)} at ${at(facts)} ends on ${utc(facts.event.details['endsAt'])}.`, then),
})

export const kinds = {
  key_created: {
    label: 'A new API key in your name',
    from: ['credentials.key_created'],
    told: 'holder',
    severity: 'warning',
    ...security,
    text: (facts) => ({
      title: `New API key ${quoted(facts.subject)} at ${at(facts)}`,
      lines: said(
        `An API key ${quoted(facts.subject)} was created at ${at(facts)}.`,
        listed(facts.event.details['scopes']) !== '' && `Its scopes: ${listed(facts.event.details['scopes'])}.`,
        by(facts),
        'If nobody you trust did this, revoke it now.',
      ),
    }),
  },
  key_expiring: {
    label: 'An API key ends soon',
    from: ['credentials.key_expiring'],
    told: 'holder',
    ...ending,
    text: ends('API key', 'Whatever uses it stops working then: extend it, or make a new one.'),
  },
  key_leaked: {
    label: 'An API key was found in public',
    from: ['credentials.key_leaked'],
    told: 'holder',
    severity: 'critical',
    ...security,
    text: (facts) => ({
      title: `API key ${quoted(facts.subject)} was found in public`,
      lines: said(
        `The secret of API key ${quoted(facts.subject)} at ${at(facts)} was found where others can read it.`,
        facts.event.details['revoked'] === false
          ? 'That secret had ended before, and nothing was changed.'
          : 'The key was revoked at once: whatever used it has stopped working.',
        facts.event.details['madeBy'] !== undefined && 'It was made by a key that leaked, and ended with it.',
        textIn(facts.event.details['url']) !== '' && `Found at ${textIn(facts.event.details['url'])}.`,
        'Look through what was done with it, and make a new key.',
      ),
    }),
  },
  role_changed: {
    label: 'A role was given to you or taken from you',
    from: ['access.role_assigned', 'access.role_unassigned'],
    told: 'person',
    severity: 'info',
    ...noisy,
    text: (facts) => ({
      title: isTaken(facts)
        ? `The role ${quoted(facts.subject)} at ${at(facts)} was taken from you`
        : `You were given the role ${quoted(facts.subject)} at ${at(facts)}`,
      lines: said(
        isTaken(facts)
          ? `You do not hold the role ${quoted(facts.subject)} at ${at(facts)} any more.`
          : `You hold the role ${quoted(facts.subject)} at ${at(facts)} from now on.`,
        by(facts),
        because(facts),
      ),
    }),
  },
  guardrail_changed: {
    label: 'The guardrail of a tenant of yours was changed',
    from: ['access.guardrail_set'],
    told: 'owners',
    severity: 'warning',
    ...noisy,
    text: (facts) => ({
      title: `The guardrail of ${at(facts)} was changed`,
      lines: said(
        `What nobody may do at ${at(facts)} and below was changed.`,
        listed(facts.event.details['taken']) !== '' && `Denied from now on: ${listed(facts.event.details['taken'])}.`,
        listed(facts.event.details['given']) !== '' && `Allowed again: ${listed(facts.event.details['given'])}.`,
        by(facts),
        because(facts),
      ),
    }),
  },
  assignment_expiring: {
    label: 'A role of yours ends soon',
    from: ['access.assignment_expiring'],
    told: 'holder',
    ...ending,
    text: ends('Role', 'Ask whoever gave it to you if you still need it.'),
  },
  overlap_ending: {
    label: 'The old secret of a rotated API key ends soon',
    from: ['credentials.overlap_ending'],
    told: 'holder',
    ...ending,
    text: ends('The old secret of API key', 'Whatever still uses it stops working then: give it the new one.'),
  },
  client_secret_expiring: {
    label: 'A client secret ends soon',
    from: ['oauth.client_secret_expiring'],
    told: 'owners',
    awaited: true,
    ...ending,
    text: ends('A client secret of', 'Rotate it before then.'),
  },
  webhook_disabled: {
    label: 'A webhook endpoint was switched off',
    from: ['webhooks.endpoint_disabled'],
    told: 'owners',
    severity: 'warning',
    ...quiet,
    text: (facts) => ({
      title: `A webhook endpoint of ${at(facts)} was switched off`,
      lines: said(
        `The webhook endpoint ${quoted(facts.subject)} of ${at(facts)} did not answer for too long and was switched off.`,
        'Events are not sent to it until somebody switches it on again.',
      ),
    }),
  },
  job_failed: {
    label: 'A background job is in trouble',
    from: ['lifecycle.job_failed', 'lifecycle.job_late'],
    told: 'platform',
    severity: 'critical',
    ...quiet,
    text: (facts) => ({
      title: `Job ${quoted(facts.subject)} ${facts.event.type === 'lifecycle.job_late' ? 'did not run in time' : 'keeps failing'}`,
      lines: said(
        `Job ${quoted(facts.subject)} has not come to a good end.`,
        textIn(facts.event.details['failure']) !== '' && `It said: ${textIn(facts.event.details['failure'])}`,
        'Nothing that has expired or was revoked is accepted meanwhile; what waits for the job is late.',
      ),
    }),
  },
  break_glass: {
    label: 'Somebody broke the glass',
    from: ['impersonation.break_glass'],
    told: 'owners',
    severity: 'critical',
    awaited: true,
    ...security,
    text: (facts) => ({
      title: `Emergency access was used at ${at(facts)}`,
      lines: said(`Somebody used emergency access at ${at(facts)}.`, by(facts), because(facts)),
    }),
  },
  impersonated: {
    label: 'Somebody acted in your name',
    from: ['impersonation.started'],
    told: 'person',
    severity: 'critical',
    awaited: true,
    ...security,
    text: (facts) => ({
      title: `Somebody acts in your name at ${at(facts)}`,
      lines: said(`Support staff began to act in your name at ${at(facts)}.`, by(facts), because(facts)),
    }),
  },
  refresh_reused: {
    label: 'A sign-in of yours was copied',
    from: ['oauth.refresh_reused'],
    told: 'person',
    severity: 'critical',
    awaited: true,
    ...security,
    text: (facts) => ({
      title: `A sign-in of yours in ${quoted(facts.subject)} was used twice`,
      lines: said(
        `A refresh token of yours for ${quoted(facts.subject)} was used by two parties, so all of that sign-in was ended.`,
        'If you did not restore a backup or copy a device, change your password.',
      ),
    }),
  },
  new_sign_in: {
    label: 'A sign-in from a new device',
    from: ['directory.session_started'],
    told: 'person',
    severity: 'warning',
    awaited: true,
    ...security,
    text: (facts) => ({
      title: 'New sign-in to your account',
      lines: said(
        `Somebody signed in to your account on ${utc(facts.event.details['signedInAt'])}.`,
        'If that was not you, end all sessions and change your password.',
      ),
    }),
  },
  app_installed: {
    label: 'An app was installed',
    from: ['oauth.app_installed'],
    told: 'owners',
    severity: 'info',
    awaited: true,
    ...quiet,
    text: (facts) => ({
      title: `App ${quoted(facts.subject)} was installed at ${at(facts)}`,
      lines: said(`The app ${quoted(facts.subject)} was installed at ${at(facts)}.`, by(facts)),
    }),
  },
  scopes_pending: {
    label: 'An app asks for more',
    from: ['oauth.scopes_pending'],
    told: 'owners',
    severity: 'info',
    awaited: true,
    ...noisy,
    text: (facts) => ({
      title: `App ${quoted(facts.subject)} asks for more at ${at(facts)}`,
      lines: said(
        `The app ${quoted(facts.subject)} asks for further scopes at ${at(facts)}: ${listed(facts.event.details['scopes'])}.`,
        'Until an owner approves them, it goes on with those that it has.',
      ),
    }),
  },
} as const satisfies Readonly<Record<string, Kind>>

export type KindName = keyof typeof kinds
// Cast: the table's own keys. Those that nothing makes yet cannot be chosen.
export const kindNames = (Object.keys(kinds) as readonly KindName[]).filter((name) => !('awaited' in kinds[name]))
