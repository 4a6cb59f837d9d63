// `audit/beginEpoch`: after a restore of the database sealing goes on where the second place still agrees, under numbers of a new epoch.
import { type SealBody, sealHash, sealText } from '@latchkey/core/audit/chain'
import { beginEpochInput, beginEpochOutput } from '@latchkey/core/audit/contract'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { platformTenant } from '@latchkey/core/kernel/ids'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { type Instant, toIso } from '@latchkey/core/kernel/time'
import { operation } from '../../../guard/definition.ts'
import { sha256 } from '../../../platform/seal.ts'
import type { Commit } from '../../../platform/store/commit.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { SealingDependencies } from '../dependencies.ts'
import {
  anchorName,
  epochName,
  isEpochOver,
  type Sealing,
  sealIn,
  sealingIn,
  sealingPath,
  sealPath,
  storedSealIn,
} from '../documents.ts'
import { anchorSeals, sealTextIn } from './anchor-seals.ts'

interface Beginning extends Pick<SealingDependencies, 'read' | 'operate' | 'anchors' | 'keyInKms' | 'log'> {
  readonly commit: Commit
}

export const beginEpoch = (dependencies: Beginning) =>
  operation({
    group: 'audit',
    name: 'beginEpoch',
    summary:
      'After a restore of the database: the audit log is sealed on from the last seal that the second place holds, too, in a new epoch.',
    input: beginEpochInput,
    output: beginEpochOutput,
    access: { permission: 'iam.audit.beginEpoch' },
    tenant: () => platformTenant,
    effect: 'write',
    handler: async ({ input, now, commit }) => {
      const found = await readPlace(dependencies)
      if (!found.ok) return found
      const epoch = await claimed(found.value, now, dependencies)
      return dependencies.commit(commit, {
        tenant: platformTenant,
        plan: async (read) => planned(await readSealing(read), { ...found.value, epoch, reason: input.reason }),
        answer: (outcome) => outcome,
      })
    },
  })

/** Where the database stands, and the last of its seals that the second place holds as well. */
interface Place {
  readonly sealing: Sealing
  readonly last: SealBody | undefined
}

const readSealing = async (read: Reader): Promise<Sealing> => {
  const [current] = await read.getAll([sealingPath])
  return sealingIn(current)
}

/** Refused where nothing is in the way: an epoch that nobody needs is a fork. */
const readPlace = async (dependencies: Beginning): Promise<Result<Place, IamError>> => {
  const { read, anchors } = dependencies
  await anchorSeals(dependencies).catch((error: unknown) => {
    // The first seal that is another one there is where the new epoch begins.
    if (!(error instanceof StoreError && error.fault === 'conflict')) throw error
  })
  const sealing = await readSealing(read)
  const { epoch, anchored } = sealing
  const inTheWay = await anchors.read(anchorName({ epoch, sequence: anchored + 1 }))
  if (inTheWay === undefined && !(await isEpochOver(anchors, epoch))) return notNeeded
  // Read after the anchor: one that a sealer wrote just now is of a seal that is signed here.
  const own = await readSeal(read, anchored + 1)
  if (own !== undefined && inTheWay !== undefined && sealTextIn(inTheWay) === sealText(own)) return moved
  if (anchored === 0) return ok({ sealing, last: undefined })
  const last = await readSeal(read, anchored)
  if (last === undefined) throw new StoreError('unavailable', `seal ${anchored} is missing`)
  return ok({ sealing, last })
}

const readSeal = async (read: Reader, sequence: number) => {
  const [stored] = await read.getAll([sealPath(sequence)])
  return sealIn(storedSealIn(stored, sequence))
}

const notNeeded = err(
  iamError('conflict', {
    detail: 'The second place holds no other seal of the next number, and no later epoch: nothing was restored.',
  }),
)

/** The number is taken in the second place first: a second restore, to before this epoch, finds it used. */
const claimed = async ({ sealing, last }: Place, now: Instant, { anchors }: Beginning): Promise<number> => {
  const after = last === undefined ? null : { epoch: last.epoch, sequence: last.sequence, hash: sealHash(sha256, last) }
  for (let epoch = sealing.epoch + 1; ; epoch++) {
    const text = JSON.stringify({ epoch, after, at: toIso(now) })
    if ((await anchors.create(epochName(epoch), text)) === 'created') return epoch
  }
}

interface Begun extends Place {
  readonly epoch: number
  readonly reason: string
}

const planned = (present: Sealing, { sealing, last, epoch, reason }: Begun) => {
  if (present.turn !== sealing.turn || present.epoch !== sealing.epoch) return moved
  const { anchored, turn } = sealing
  const before = last === undefined ? noSeal : { previous: sealHash(sha256, last), sealedAt: last.at }
  const next: Sealing = { epoch, sequence: anchored + 1, ...before, anchored, turn: turn + 1 }
  return ok({
    // Seals after it that are closed are signed anew, in this epoch; what came under them stays under their numbers.
    writes: [{ kind: 'set' as const, path: sealingPath, fields: { ...next } }],
    event: { type: 'audit.epoch_begun', targets: ['auditLog:platform'], reason, details: { epoch, after: anchored } },
    outcome: { epoch, after: anchored },
  })
}

const noSeal = { previous: null, sealedAt: null }

const moved = err(iamError('conflict', { detail: 'A seal was made meanwhile; try again.' }))
