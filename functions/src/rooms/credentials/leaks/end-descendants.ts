// What a leaked key has made: keys, new secrets of other keys, and what those made. Whoever had it may have made them, so they end with it.
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { isKeyId, isTenantId, type KeyId, type OpId, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { type Instant, instantOf, isOver, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import type { Admitted } from '../../../guard/admitted.ts'
import { type DocumentFields, instantIn, type Reader, type StoredDocument } from '../../../platform/store/reader.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { readStoredKey } from '../keys/key-document.ts'
import { revoked } from '../keys/revoke-key.ts'
import { endOf, isDrawnByItself } from './drawn-secrets.ts'
import { noticesOf } from './notices.ts'

type Dependencies = Pick<CredentialsDependencies, 'commit' | 'drawId' | 'read'>
type Context = Pick<Admitted<unknown>, 'commit' | 'now'>

export interface LeakedRoot {
  readonly key: KeyId
  /** Of a secret that was rotated away while its key lives on: what was made later is not its work. */
  readonly until: Instant | undefined
}

export interface Ended {
  readonly ended: number
  /** False when there are more. */
  readonly complete: boolean
}

const aPage = 50
/** Moments of a making are those of two instances, and of the beginning of two calls. */
const toleratedSeconds = minutes(1)

/** A key whose secret was in the wrong hands, and when. */
interface Maker {
  readonly key: KeyId
  readonly from: Instant | undefined
  readonly until: Instant | undefined
}

interface Made {
  /** Of the document that says so. */
  readonly id: string
  readonly tenant: TenantId
  readonly key: KeyId
  readonly maker: KeyId
  /** Whether the key itself or only a secret of it is the maker's. */
  readonly how: 'madeBy' | 'drawnBy'
  readonly at: Instant | undefined
  readonly fields: DocumentFields
}

/**
 * Ends at most `left` keys. Each maker is dead before its keys are looked for, so that none is made meanwhile; those that are dead already
 * are passed through to what they made, so that a run after a crash goes on where it stopped.
 */
export const endDescendants = async (
  root: LeakedRoot,
  left: number,
  context: Context,
  dependencies: Dependencies,
): Promise<Result<Ended, IamError>> => {
  const seen = new Set<string>()
  const makers: Maker[] = [{ ...root, from: undefined }]
  let ended = 0
  for (let maker = makers.shift(); maker !== undefined; maker = makers.shift()) {
    for await (const one of workOf(dependencies.read, maker.key)) {
      if (seen.has(one.id) || !isWithin(one, maker)) continue
      seen.add(one.id)
      const next = await nextOf(one, dependencies.read, context.now)
      makers.push(next.maker)
      if (!next.isOpen) continue
      if (ended >= left) return ok({ ended, complete: false })
      const done = await endOne(one, root, context, dependencies)
      if (!done.ok) return done
      ended++
    }
  }
  return ok({ ended, complete: true })
}

const isWithin = ({ at = instantOf(0) }: Made, { from, until }: Maker): boolean =>
  (until === undefined || at <= plusSeconds(until, toleratedSeconds)) &&
  (from === undefined || plusSeconds(at, toleratedSeconds) >= from)

/** `isOpen`: it still lets the maker in. A drawn secret that is dead does so by what the key drew of itself. */
const nextOf = async (
  { tenant, key, how, at, fields }: Made,
  read: Reader,
  now: Instant,
): Promise<{ readonly maker: Maker; readonly isOpen: boolean }> => {
  if (how === 'madeBy') {
    return { maker: { key, from: undefined, until: undefined }, isOpen: fields['status'] !== 'revoked' }
  }
  const stored = await readStoredKey(read, tenant, key)
  const lives = stored !== undefined && stored.shown['status'] !== 'revoked'
  const isOpen = lives && (!isOver(endOf(fields), now) || isDrawnByItself(stored))
  return { maker: { key, from: at, until: isOpen ? undefined : endOf(fields) }, isOpen }
}

async function* workOf(read: Reader, maker: KeyId): AsyncGenerator<Made> {
  const keys = (after?: string) =>
    read.list({
      collection: 'apiKeys',
      group: true,
      where: { madeBy: maker },
      ...(after === undefined ? {} : { after }),
      limit: aPage,
    })
  for await (const { id, fields } of allOf(keys)) {
    const [, tenant = '', , key = ''] = id.split('/')
    if (isTenantId(tenant) && isKeyId(key))
      yield { id, tenant, key, maker, how: 'madeBy', at: instantIn(fields['createdAt']), fields }
  }
  const secrets = (after?: string) =>
    read.list({
      collection: 'credentials',
      where: { drawnBy: maker },
      ...(after === undefined ? {} : { after }),
      limit: aPage,
    })
  for await (const { id, fields } of allOf(secrets)) {
    const [tenant, key] = [String(fields['tenant']), String(fields['key'])]
    if (isTenantId(tenant) && isKeyId(key))
      yield { id, tenant, key, maker, how: 'drawnBy', at: instantIn(fields['drawnAt']), fields }
  }
}

async function* allOf(list: (after?: string) => Promise<readonly StoredDocument[]>): AsyncGenerator<StoredDocument> {
  let found = await list()
  yield* found
  for (let last = found.at(-1); last !== undefined && found.length === aPage; last = found.at(-1)) {
    found = await list(last.id)
    yield* found
  }
}

/** Its own event at its own tenant, and a notice to whoever hears of a leak of it. */
const endOne = async (
  { tenant, key, maker, how }: Made,
  root: LeakedRoot,
  { commit, now }: Context,
  { commit: commitTo, drawId }: Dependencies,
): Promise<Result<void, IamError>> => {
  const opId = drawId(prefixes.op) as OpId // just drawn
  const done = await commitTo(
    { ...commit, opId, claim: undefined },
    {
      tenant,
      plan: async (read) => {
        const stored = await readStoredKey(read, tenant, key)
        if (stored === undefined) return err(iamError('not_found'))
        const owner = String(stored.shown['owner'])
        const details = { revoked: true, [how]: maker, leaked: root.key }
        const notices = await noticesOf(read, {
          opId,
          tenant,
          key,
          owner,
          name: String(stored.shown['name']),
          details,
          now,
        })
        return ok({
          writes: [...revoked(stored, now), ...notices],
          event: { type: 'credentials.key_leaked', targets: [`key:${key}`, owner], details },
          outcome: { key },
        })
      },
      answer: (outcome) => outcome,
    },
  )
  // Deleted or not whole meanwhile: then it opens nothing either.
  return done.ok || done.error.code === 'not_found' ? ok(undefined) : done
}
