// `POST /v1/leaks`: a secret scanner found texts that look like ours; whatever of them is a live key ends at once, and its owner is told.
import { leaksInput, leaksOutput } from '@latchkey/core/credentials/contract'
import { type ParsedSecret, parseSecret } from '@latchkey/core/credentials/secret-format'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { isKeyId, isTenantId, type KeyId, type OpId, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { hours, type Instant, isOver, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { type Log, redact } from '../../../platform/log.ts'
import { sha256 } from '../../../platform/seal.ts'
import type { Operate } from '../../../platform/store/operate.ts'
import { instantIn, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { readStoredKey, type StoredKey } from '../keys/key-document.ts'
import { revoked } from '../keys/revoke-key.ts'
import { findSecret } from '../use/find-secret.ts'
import { endOf, isDrawnByItself } from './drawn-secrets.ts'
import { endDescendants, type LeakedRoot } from './end-descendants.ts'
import { noticesOf } from './notices.ts'

type Input = z.output<typeof leaksInput>

export interface LeaksDependencies extends Pick<CredentialsDependencies, 'commit' | 'drawId' | 'read'> {
  readonly operate: Operate
  readonly log: Log
}

/** Longer than any scanner tries again, shorter than anybody waits for a record to go. */
const replaySeconds = hours(24)
const atOnce = 10
/** One call ends so many of what leaked keys made, and has so long for it. */
const mostEnded = 200
const ownSeconds = minutes(2)

export const reportLeaks = (dependencies: LeaksDependencies) =>
  operation({
    group: 'leaks',
    name: 'report',
    summary: 'Takes a signed batch of leaked secrets from a scanner: each that is a key of ours is revoked.',
    input: leaksInput,
    output: leaksOutput,
    access: { signedBody: 'a secret scanner is nobody of ours: it signs what it sends' },
    effect: 'write',
    path: '/v1/leaks',
    handler: (admitted) => report(admitted, dependencies),
  })

const report = async (admitted: Admitted<Input>, dependencies: LeaksDependencies) => {
  const { input, now, caller } = admitted
  const record = `limits/leaks-${sha256(JSON.stringify([caller.credential, input]))}`
  const [seen] = await dependencies.read.getAll([record])
  // Sent again: what there was to end has ended, and the answer says nothing but the form of each text.
  if (seen !== undefined && !isOver(instantIn(seen['expiresAt']), now)) return ok(labels(input))
  const roots = await endAll(foundIn(input), admitted, dependencies)
  if (!roots.ok) return roots // nothing is noted: the scanner tries the same batch again
  let left = mostEnded
  for (const { root, operation } of roots.value) {
    const done = await endDescendants(root, left, admitted, dependencies)
    if (!done.ok) return done
    // The operation goes on by itself; the same report sent again is quicker.
    if (!done.value.complete) return err(iamError('unavailable', { retryAfterSeconds: 1 }))
    await dependencies.operate.write(finished(operation, now))
    left -= done.value.ended
  }
  await dependencies.operate.write({
    kind: 'set',
    path: record,
    fields: { expiresAt: timestampOf(plusSeconds(now, replaySeconds)) },
  })
  return ok(labels(input))
}

const finished = (operation: string, now: Instant): Write => {
  const fields = { status: 'done', finishedAt: timestampOf(now) }
  return { kind: 'update', path: `operations/${operation}`, fields }
}

interface Leaked {
  readonly root: LeakedRoot
  /** What ends the rest of its work if this call does not. */
  readonly operation: string
}

/** First all that were found, however many keys they made. */
const endAll = async (
  found: readonly Found[],
  admitted: Admitted<Input>,
  dependencies: LeaksDependencies,
): Promise<Result<readonly Leaked[], IamError>> => {
  const roots: Leaked[] = []
  for (let from = 0; from < found.length; from += atOnce) {
    const ended = await Promise.all(
      found.slice(from, from + atOnce).map((one) => endLeaked(one, admitted, dependencies)),
    )
    for (const one of ended) {
      if (!one.ok) return one
      if (one.value !== undefined) roots.push(one.value)
    }
  }
  return ok(roots)
}

/** Each key once, however often it was found. */
const foundIn = (input: Input): readonly Found[] => {
  const bySecret = new Map(
    input.flatMap((leak): [string, Found][] => {
      const secret = parseSecret(leak.token)
      return secret?.kind === 'api' ? [[secret.text, { ...leak, secret }]] : []
    }),
  )
  return [...bySecret.values()]
}

/** A well-formed text is one of ours by its checksum, which anybody can compute: whether it is live, the answer never says. */
const labels = (input: Input): z.output<typeof leaksOutput> =>
  input.map(({ token, type = '' }) => ({
    token_hash: sha256(token),
    token_type: type,
    label: parseSecret(token) === undefined ? 'false_positive' : 'true_positive',
  }))

type Found = Input[number] & { readonly secret: ParsedSecret }

/** The whole key ends when the secret lives, with the other secret of a rotation: where one was, the other may have been. */
const endLeaked = async (
  leak: Found,
  { commit, now }: Admitted<Input>,
  dependencies: LeaksDependencies,
): Promise<Result<Leaked | undefined, IamError>> => {
  const fields = await findSecret(dependencies.read, leak.secret)
  const tenant = String(fields?.['tenant'])
  const key = String(fields?.['key'])
  if (!isTenantId(tenant) || !isKeyId(key)) return ok(undefined)
  const stored = await readStoredKey(dependencies.read, tenant, key)
  // Ended before, perhaps by a run that stopped there: what it made may live.
  const until = stored === undefined || isDrawnByItself(stored) ? undefined : endOf(fields)
  const operation = dependencies.drawId(prefixes.operation)
  if (stored === undefined || stored.shown['status'] === 'revoked') {
    await dependencies.operate.write(endingWork(operation, { tenant, key, until }, now))
    return ok({ root: { key, until }, operation })
  }
  const opId = dependencies.drawId(prefixes.op) as OpId // just drawn
  const done = await dependencies.commit(
    { ...commit, opId, claim: undefined },
    {
      tenant,
      plan: (read) => plan(read, { opId, operation, tenant, key, leak, until, now }),
      answer: (outcome) => outcome,
    },
  )
  if (!done.ok) return done
  const { revoked: whole } = done.value
  dependencies.log('WARNING', 'leaked key reported', { tenant, credential: key, source: leak.source, revoked: whole })
  return ok({ root: { key, until: whole ? undefined : until }, operation })
}

interface Ending {
  readonly opId: OpId
  readonly operation: string
  readonly until: Instant | undefined
  readonly tenant: TenantId
  readonly key: KeyId
  readonly leak: Found
  readonly now: Instant
}

/** One that was rotated away by somebody else, or revoked, ends nothing: the secret that lives was not found. */
const isLive = (stored: StoredKey, { secret }: Found, now: Instant): boolean => {
  if (isDrawnByItself(stored)) return true
  const { current, old } = stored
  const fields = [current, old].find((one) => one?.id === secret.id)?.fields
  return fields !== undefined && fields['status'] !== 'revoked' && !isOver(instantIn(fields['endsAt']), now)
}

/** Carried on by whoever takes up long operations, if this call dies before it is through. */
const endingWork = (
  operation: string,
  { tenant, key, until }: LeakedRoot & { readonly tenant: TenantId },
  now: Instant,
): Write => ({
  kind: 'create',
  path: `operations/${operation}`,
  fields: {
    ...{ kind: 'end_leaked_work', tenant, key, status: 'running', done: 0, startedAt: timestampOf(now) },
    leaseUntil: timestampOf(plusSeconds(now, ownSeconds)),
    ...(until === undefined ? {} : { until: timestampOf(until) }),
  },
})

const plan = async (read: Reader, { opId, operation, tenant, key, leak, until, now }: Ending) => {
  const stored = await readStoredKey(read, tenant, key)
  if (stored === undefined) return err(iamError('not_found'))
  const { source, url } = leak
  const live = isLive(stored, leak, now)
  const owner = String(stored.shown['owner'])
  const details = {
    revoked: live,
    ...(source === undefined ? {} : { source }),
    // Where it was found helps its owner; an address may hold the secret itself.
    ...(url === undefined ? {} : { url: redact(url) }),
  }
  const notices = await noticesOf(read, { opId, tenant, key, owner, name: String(stored.shown['name']), details, now })
  return ok({
    writes: [
      ...(live ? revoked(stored, now) : []),
      ...notices,
      endingWork(operation, { tenant, key, until: live ? undefined : until }, now),
    ],
    event: {
      type: 'credentials.key_leaked',
      targets: [`key:${key}`, owner],
      details,
    },
    outcome: { key, revoked: live },
  })
}
