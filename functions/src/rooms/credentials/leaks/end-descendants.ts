// The keys that a leaked key has made, and those that they made: whoever had it may have made them, so they end with it.
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { isKeyId, isTenantId, type KeyId, type OpId, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Admitted } from '../../../guard/admitted.ts'
import { instantIn, type Reader, type StoredDocument } from '../../../platform/store/reader.ts'
import type { CredentialsDependencies } from '../dependencies.ts'
import { readStoredKey } from '../keys/key-document.ts'
import { revoked } from '../keys/revoke-key.ts'
import { noticesOf } from './notices.ts'

type Dependencies = Pick<CredentialsDependencies, 'commit' | 'drawId' | 'read'>
type Context = Pick<Admitted<unknown>, 'commit' | 'now'>

export interface LeakedRoot {
  readonly key: KeyId
  /** Of a secret that was rotated away while its key lives on: what was made later is not its work. */
  readonly until: Instant | undefined
}

/** One report ends so many of them; the rest when the scanner, refused with `unavailable`, sends it again. */
export const mostEnded = 500
const aPage = 50

interface Made {
  readonly tenant: TenantId
  readonly key: KeyId
  readonly madeBy: KeyId
  readonly isRevoked: boolean
  readonly createdAt: Instant | undefined
}

/**
 * How many were ended, of at most `left`. Each maker is dead before its keys are looked for, so that none is made meanwhile; those that
 * are dead already are passed through to what they made, so that a run after a crash goes on where it stopped.
 */
export const endDescendants = async (
  root: LeakedRoot,
  left: number,
  context: Context,
  dependencies: Dependencies,
): Promise<Result<number, IamError>> => {
  const seen = new Set<string>([root.key])
  const makers: KeyId[] = [root.key]
  let ended = 0
  for (let maker = makers.shift(); maker !== undefined; maker = makers.shift()) {
    for await (const one of madeBy(dependencies.read, maker)) {
      const isLater = one.madeBy === root.key && root.until !== undefined && (one.createdAt ?? 0) > root.until
      if (isLater || seen.has(one.key)) continue
      seen.add(one.key)
      makers.push(one.key)
      if (one.isRevoked) continue
      if (ended >= left) return err(iamError('unavailable', { retryAfterSeconds: 1 }))
      const done = await endOne(one, root, context, dependencies)
      if (!done.ok) return done
      ended++
    }
  }
  return ok(ended)
}

async function* madeBy(read: Reader, maker: KeyId): AsyncGenerator<Made> {
  let after: string | undefined
  do {
    const found = await read.list({
      collection: 'apiKeys',
      group: true,
      where: { madeBy: maker },
      ...(after === undefined ? {} : { after }),
      limit: aPage,
    })
    for (const document of found) yield* madeIn(document, maker)
    after = found.length < aPage ? undefined : found.at(-1)?.id
  } while (after !== undefined)
}

const madeIn = ({ id, fields }: StoredDocument, maker: KeyId): readonly Made[] => {
  const [, tenant = '', , key = ''] = id.split('/')
  if (!isTenantId(tenant) || !isKeyId(key)) return []
  const isRevoked = fields['status'] === 'revoked'
  return [{ tenant, key, madeBy: maker, isRevoked, createdAt: instantIn(fields['createdAt']) }]
}

/** Its own event at its own tenant, and a notice to whoever hears of a leak of it. */
const endOne = async (
  { tenant, key, madeBy: maker }: Made,
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
        const details = { revoked: true, madeBy: maker, leaked: root.key }
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
