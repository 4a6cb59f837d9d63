// What makes a seal of collected leaves: closed, then signed. Each step is found done by whoever comes again.
import { leafText, sealHash, sealText } from '@latchkey/core/audit/chain'
import { rootOf } from '@latchkey/core/audit/merkle'
import { plusSeconds, toIso } from '@latchkey/core/kernel/time'
import { sha256 } from '../../../platform/seal.ts'
import { toleratedSeconds } from '../../../platform/store/clock-check.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { SealingDependencies } from '../dependencies.ts'
import {
  anchorName,
  bodyOf,
  isEpochOver,
  type Sealing,
  type StoredSeal,
  sealingIn,
  sealingPath,
  sealPath,
  storedSealIn,
} from '../documents.ts'
import { holdKey } from './anchor-seals.ts'

interface Stand {
  readonly sealing: Sealing
  readonly seal: StoredSeal
}

export const readStand = async (read: Reader): Promise<Stand> => {
  const [current] = await read.getAll([sealingPath])
  const sealing = sealingIn(current)
  const [stored] = await read.getAll([sealPath(sealing.sequence)])
  return { sealing, seal: storedSealIn(stored, sealing.sequence) }
}

/** Nothing comes under it from here on. False when there is nothing to seal. */
export const closeSeal = async (dependencies: SealingDependencies): Promise<boolean> => {
  const { read, operate, clock } = dependencies
  const { sealing: coming, seal: waiting } = await readStand(read)
  if (waiting.closed === undefined && waiting.leaves.length > 0) await requireFit(coming, dependencies)
  return operate.transact(async (inside) => {
    const { sealing, seal } = await readStand(inside)
    if (seal.closed !== undefined || seal.leaves.length === 0) return { writes: [], value: seal.closed !== undefined }
    const now = toIso(clock())
    const closed = {
      // A clock that was set back makes no seal older than the one before it.
      at: sealing.sealedAt !== null && sealing.sealedAt > now ? sealing.sealedAt : now,
      count: seal.leaves.length,
      root: rootOf(sha256, seal.leaves.map(leafText)),
    }
    return {
      writes: [
        { kind: 'update', path: sealPath(sealing.sequence), fields: { closed } },
        { kind: 'set', path: sealingPath, fields: { ...sealing, turn: sealing.turn + 1 } },
      ],
      value: true,
    }
  })
}

/** A wrong clock dates no seal; and a number that is given out already is given out no second time: whoever restored the database begins an epoch. */
const requireFit = async (sealing: Sealing, { read, clock, clockFault, anchors, log }: SealingDependencies) => {
  const now = clock()
  if ((await clockFault(now)) !== undefined)
    throw new StoreError('unavailable', 'the clock of this instance is wrong: it closes no seal')
  const { sealedAt } = sealing
  if (sealedAt !== null && sealedAt > toIso(plusSeconds(now, toleratedSeconds)))
    log('ERROR', 'the seal before is dated later than now, and so is the next one', { ...sealing })
  // While the second place is down seals go on; they are compared when it is back.
  const there = await anchors.read(anchorName(sealing)).catch(() => undefined)
  const isOver = await isEpochOver(anchors, sealing.epoch).catch(() => false)
  // Another sealer may have made it meanwhile: then it is not the one that is open here.
  if ((there === undefined && !isOver) || (await readStand(read)).sealing.turn !== sealing.turn) return
  const known = isOver ? `epoch ${sealing.epoch + 1} before it is begun` : `seal ${sealing.sequence} before it is made`
  log('ERROR', `the second place holds ${isOver ? 'a later epoch' : 'this seal before it is made'}: begin an epoch`, {
    ...sealing,
  })
  throw new StoreError('conflict', `the second place holds ${known}`)
}

/** Every seal that is closed, and the number moves on. Outside of any transaction; of two signatures the first that is kept counts, and both are over the same. */
export const signSeal = async (dependencies: SealingDependencies): Promise<void> => {
  for (let isMore = true; isMore; ) isMore = await signNext(dependencies)
}

/** Whether there may be another one. */
const signNext = async (dependencies: SealingDependencies): Promise<boolean> => {
  const { read, operate, sign, sealKeys } = dependencies
  const stand = await readStand(read)
  const body = bodyOf(stand.seal, stand.sealing)
  if (body === undefined) return false
  const signed = await sign(Buffer.from(sealText(body), 'ascii'))
  if (!signed.ok) throw new StoreError('unavailable', `seal ${body.sequence} could not be signed`)
  const { kid, signature } = signed.value
  const { epoch, previous } = body
  const fields = { signed: { epoch, previous, kid, signature: Buffer.from(signature).toString('base64url') } }
  const isKept = await operate.transact(async (inside) => {
    const { sealing, seal } = await readStand(inside)
    const isMine = sealing.sequence === body.sequence && sealing.epoch === epoch && seal.closed !== undefined
    // A key that was declared compromised ends with the seal that was the last at that moment: this is none of its seals.
    const isLost = (await sealKeys(inside)).some((key) => key.kid === kid && key.lastSeal !== undefined)
    if (!isMine || isLost) return { writes: [], value: false }
    const next = { sequence: sealing.sequence + 1, previous: sealHash(sha256, body), sealedAt: body.at }
    return {
      writes: [
        { kind: 'update', path: sealPath(body.sequence), fields },
        { kind: 'set', path: sealingPath, fields: { ...sealing, ...next, turn: sealing.turn + 1 } },
      ],
      value: true,
    }
  })
  // At once, however many seals wait for the second place: once the key has left KMS nobody can vouch for it. What fails here fails when the seal is anchored, and is told there.
  if (isKept) await holdKey({ sequence: body.sequence, kid }, dependencies).catch(() => undefined)
  return true
}
