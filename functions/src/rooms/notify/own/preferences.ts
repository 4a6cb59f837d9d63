// `notifications/getPreferences` and `notifications/setPreferences`: what a person wants to hear of, and how.
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { platformTenant, type UserId } from '@latchkey/core/kernel/ids'
import { userRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { getPreferencesInput, preferencesView, setPreferencesInput } from '@latchkey/core/notify/contract'
import { kindNames, kinds } from '@latchkey/core/notify/kinds'
import { choiceFor, type Preferences, preferenceFault } from '@latchkey/core/notify/preferences'
import type * as z from 'zod'
import type { Caller } from '../../../guard/caller.ts'
import { operation } from '../../../guard/definition.ts'
import type { Commit } from '../../../platform/store/commit.ts'
import { preferencesIn, preferencesPath } from './preference-document.ts'

type Wanted = z.output<typeof setPreferencesInput>

export const ownReason = 'Notifications are one’s own: nobody reads or changes those of others.'

/** Keys and tokens are told nothing: notifications are for people, and name what keys must not know. */
export const personOf = ({ session }: Caller): Result<UserId, IamError> =>
  session === undefined
    ? err(iamError('permission_denied', { detail: 'Only people have notifications.' }))
    : ok(session.uid)

export const getPreferences = () =>
  operation({
    group: 'notifications',
    name: 'getPreferences',
    summary: 'Says what you are told of, in the app, by mail or in the daily digest.',
    input: getPreferencesInput,
    output: preferencesView,
    access: { signedIn: ownReason },
    effect: 'read',
    handler: async ({ caller, read }) => {
      const uid = personOf(caller)
      if (!uid.ok) return uid
      const [stored] = await read.getAll([preferencesPath(uid.value)])
      return ok(viewOf(preferencesIn(stored)))
    },
  })

export const setPreferences = ({ commit }: { readonly commit: Commit }) =>
  operation({
    group: 'notifications',
    name: 'setPreferences',
    summary: 'Changes what you are told of and how; what is about your security cannot be switched off.',
    input: setPreferencesInput,
    output: preferencesView,
    access: { signedIn: ownReason },
    effect: 'write',
    handler: async ({ input, caller, commit: context }) => {
      const uid = personOf(caller)
      if (!uid.ok) return uid
      const fault = preferenceFault(input.kinds ?? {})
      if (fault !== undefined) return err(fault)
      const path = preferencesPath(uid.value)
      return commit(context, {
        tenant: platformTenant, // people belong to no tenant
        plan: async (read) => {
          const [stored] = await read.getAll([path])
          const { digestHour, kinds } = chosen(preferencesIn(stored), input)
          return ok({
            writes: [{ kind: 'set', path, fields: { digestHour, kinds } }],
            event: {
              type: 'notify.preferences_changed',
              targets: [userRef(uid.value)],
              details: { kinds: Object.keys(input.kinds ?? {}) },
            },
            outcome: viewOf({ digestHour, kinds }),
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })

const chosen = (before: Preferences, { digestHour, kinds = {} }: Wanted): Preferences => ({
  digestHour: digestHour ?? before.digestHour,
  kinds: {
    ...before.kinds,
    ...Object.fromEntries(
      Object.entries(kinds).map(([name, wish]) => [name, withoutGaps({ ...before.kinds[name], ...withoutGaps(wish) })]),
    ),
  },
})

const withoutGaps = (wish: object) =>
  Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined))

const viewOf = (preferences: Preferences) => ({
  digestHour: preferences.digestHour,
  kinds: kindNames.map((kind) => ({
    kind,
    label: kinds[kind].label,
    security: kinds[kind].security,
    ...choiceFor(kind, kinds[kind], preferences),
  })),
})
