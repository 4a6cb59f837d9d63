// What makes a seal of collected leaves: closed, signed, and written in the second place. Each step is found done by whoever comes again.
import { leafText, sealHash, sealText } from '@latchkey/core/audit/chain'
import { rootOf } from '@latchkey/core/audit/merkle'
import { toIso } from '@latchkey/core/kernel/time'
import { sha256 } from '../../../platform/seal.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { SealingDependencies } from '../dependencies.ts'
import {
  anchorName,
  bodyOf,
  type Sealing,
  type StoredSeal,
  sealIn,
  sealingIn,
  sealingPath,
  sealPath,
  storedSealIn,
} from '../documents.ts'

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
export const closeSeal = ({ operate, clock }: SealingDependencies): Promise<boolean> =>
  operate.transact(async (read) => {
    const { sealing, seal } = await readStand(read)
    if (seal.closed !== undefined || seal.leaves.length === 0) return { writes: [], value: seal.closed !== undefined }
    const now = toIso(clock())
    const closed = {
      previous: sealing.previous,
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

/** Outside of any transaction; of two signatures the first that is kept counts, and both are over the same. */
export const signSeal = async (dependencies: SealingDependencies): Promise<void> => {
  const { read, operate, sign } = dependencies
  const { seal } = await readStand(read)
  const body = bodyOf(seal)
  if (body === undefined) return
  const signed = await sign(Buffer.from(sealText(body), 'ascii'))
  if (!signed.ok) throw new StoreError('unavailable', `seal ${body.sequence} could not be signed`)
  const { kid, signature } = signed.value
  await operate.transact(async (inside) => {
    const { sealing, seal: present } = await readStand(inside)
    if (sealing.sequence !== body.sequence || present.closed === undefined) return { writes: [], value: undefined }
    const fields = { signed: { kid, signature: Buffer.from(signature).toString('base64url') } }
    const next = {
      ...sealing,
      ...{ sequence: sealing.sequence + 1, previous: sealHash(sha256, body), sealedAt: body.at },
      turn: sealing.turn + 1,
    }
    return {
      writes: [
        { kind: 'update', path: sealPath(body.sequence), fields },
        { kind: 'set', path: sealingPath, fields: next },
      ],
      value: undefined,
    }
  })
}

/** Every signed seal in its order; answers how many. What is there already must be the same, or somebody has made a second log. */
export const anchorSeals = async (dependencies: SealingDependencies): Promise<number> => {
  const { read, operate, anchors } = dependencies
  const { sealing } = await readStand(read)
  let written = 0
  for (let sequence = sealing.anchored + 1; sequence < sealing.sequence; sequence++) {
    const [stored] = await read.getAll([sealPath(sequence)])
    const seal = sealIn(storedSealIn(stored, sequence))
    if (seal === undefined) throw new StoreError('unavailable', `seal ${sequence} is missing`)
    const name = anchorName(sequence)
    if ((await anchors.create(name, JSON.stringify(seal))) === 'exists') await requireSame(name, seal, dependencies)
    else written++
    await operate.transact(async (inside) => {
      const [current] = await inside.getAll([sealingPath])
      const anchored = Math.max(sequence, sealingIn(current).anchored)
      return { writes: [{ kind: 'update', path: sealingPath, fields: { anchored } }], value: undefined }
    })
  }
  return written
}

const requireSame = async (
  name: string,
  seal: NonNullable<ReturnType<typeof sealIn>>,
  { anchors, log }: SealingDependencies,
): Promise<void> => {
  const there = (await anchors.read(name)) ?? ''
  if (sealTextIn(there) === sealText(seal)) return
  log('ERROR', 'the second place holds another seal of this number', { sequence: seal.sequence })
  throw new StoreError('unavailable', `the anchor of seal ${seal.sequence} is another one`)
}

/** A file that was cut off by a crash is none. */
const sealTextIn = (text: string): string | undefined => {
  try {
    return sealText(JSON.parse(text))
  } catch {
    return undefined
  }
}
