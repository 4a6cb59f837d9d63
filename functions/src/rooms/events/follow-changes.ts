// `GET /v1/changes`: a stream of what a service must forget, for its tenant and what is below it (DESIGN.md §8).
import { changesInput } from '@latchkey/core/events/changes'
import { userOf } from '@latchkey/core/kernel/principal'
import { ok } from '@latchkey/core/kernel/result'
import { earliest, instantOf, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import { revision } from '@latchkey/core/kernel/wire'
import * as z from 'zod'
import { type Lines, operation } from '../../guard/definition.ts'
import type { Clock } from '../../platform/clock.ts'
import { sha256 } from '../../platform/seal.ts'
import { asRevision } from '../../platform/store/revision.ts'
import type { ChangeHub } from './change-hub.ts'

export interface ChangesDependencies {
  readonly hub: ChangeHub
  readonly clock: Clock
}

/** After this a service authenticates anew: a connection is no right of its own. */
const longestStream = minutes(5)

const accepted = z.strictObject({
  chain: z.array(z.string()),
  own: z.array(z.string()),
  endsAt: z.int(),
  since: revision.optional(),
})

export const followChanges = (dependencies: ChangesDependencies) =>
  operation({
    group: 'events',
    name: 'changes',
    summary: 'Tells, line by line, what a service that decides by itself must forget.',
    input: changesInput,
    output: accepted,
    access: { permission: 'iam.changes.read' },
    tenant: (_input, caller) => caller.key?.tenant,
    effect: 'read',
    method: 'GET',
    path: '/v1/changes',
    handler: async ({ input, caller, facts, now }) => {
      const chain = facts.chain.map(({ id }) => id)
      const uid = userOf(caller.principal)
      const own = [
        ...(caller.key === undefined ? [] : [`credential:${caller.key.id}`]),
        ...(uid === undefined ? [] : [`user:${sha256(uid)}`]),
        ...chain.flatMap((id) => [`policy:${id}`, `grant:${id}/${caller.principal}`]),
        ...facts.subject.grants.map(({ at, principal }) => `grant:${at}/${principal}`), // its teams' too
      ]
      const endsAt = earliest(plusSeconds(now, longestStream), facts.token.notAfter, caller.bounds?.endsAt) ?? now
      return ok({ chain, own, endsAt, ...(input.since === undefined ? {} : { since: input.since }) })
    },
    stream: (following, lines) => follow(following, lines, dependencies),
  })

const follow = (
  { chain, own, endsAt, since }: z.output<typeof accepted>,
  lines: Lines,
  { hub, clock }: ChangesDependencies,
): (() => void) => {
  let leave = (): void => undefined
  let gone = false
  const stop = (): void => {
    gone = true
    clearTimeout(timer)
    leave()
  }
  const timer = setTimeout(() => lines.end(), Math.max(0, instantOf(endsAt) - clock()))
  const tell = (line: Parameters<Parameters<ChangeHub['join']>[0]['tell']>[0]): void => {
    if (!lines.send(line) || line.end !== undefined) lines.end()
  }
  hub.join({ chain, own, tell }, since === undefined ? undefined : asRevision(since)).then(
    (how) => {
      leave = how
      if (gone) leave()
    },
    () => lines.end(), // it comes back, perhaps to another instance
  )
  return stop
}
