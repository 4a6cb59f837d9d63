// Writes every signed seal in the second place, in their order, and each public key before the first seal that it signed.
import { sealText } from '@latchkey/core/audit/chain'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { SealingDependencies } from '../dependencies.ts'
import {
  anchorName,
  isEpochOver,
  keyName,
  type LeavedSeal,
  sealIn,
  sealingIn,
  sealingPath,
  sealPath,
  storedSealIn,
} from '../documents.ts'

type Anchoring = Pick<SealingDependencies, 'read' | 'operate' | 'anchors' | 'keyInKms' | 'log'>

/** Answers how many. What is there already must be the same, or somebody has made a second log. */
export const anchorSeals = async (dependencies: Anchoring): Promise<number> => {
  const { read, operate, anchors } = dependencies
  const [current] = await read.getAll([sealingPath])
  const sealing = sealingIn(current)
  const isOver = sealing.anchored + 1 < sealing.sequence && (await isEpochOver(anchors, sealing.epoch))
  const held = new Set<string>()
  let written = 0
  for (let sequence = sealing.anchored + 1; sequence < sealing.sequence; sequence++) {
    const [stored] = await read.getAll([sealPath(sequence)])
    const seal = sealIn(storedSealIn(stored, sequence))
    if (seal === undefined) throw new StoreError('unavailable', `seal ${sequence} is missing`)
    if (!held.has(seal.kid)) await holdKey(seal, dependencies)
    held.add(seal.kid)
    const name = anchorName(seal)
    if (isOver && (await anchors.read(name)) === undefined)
      throw new StoreError('conflict', `the second place holds epoch ${sealing.epoch + 1}: seal ${sequence} is late`)
    if ((await anchors.create(name, JSON.stringify(seal))) === 'exists') await requireSame(name, seal, dependencies)
    else written++
    await operate.transact(async (inside) => {
      const [present] = await inside.getAll([sealingPath])
      const { epoch, anchored } = sealingIn(present)
      const isPresent = epoch === sealing.epoch && anchored < sequence
      return {
        writes: isPresent ? [{ kind: 'update', path: sealingPath, fields: { anchored: sequence } }] : [],
        value: undefined,
      }
    })
  }
  return written
}

/** A key of the database that KMS does not know is nobody's key: whoever may write there could have put it in. */
export const holdKey = async (
  { sequence, kid }: Pick<LeavedSeal, 'sequence' | 'kid'>,
  { anchors, keyInKms, log }: Pick<Anchoring, 'anchors' | 'keyInKms' | 'log'>,
): Promise<void> => {
  const name = keyName(kid)
  if ((await anchors.read(name)) !== undefined) return
  const key = await keyInKms(kid)
  if (key === undefined) {
    log('ERROR', 'a seal is signed by a key that KMS does not have', { sequence, kid })
    throw new StoreError('unavailable', `the key of seal ${sequence} is none of KMS`)
  }
  await anchors.create(name, JSON.stringify(key))
}

const requireSame = async (name: string, seal: LeavedSeal, { anchors, log }: Anchoring): Promise<void> => {
  const there = (await anchors.read(name)) ?? ''
  if (sealTextIn(there) === sealText(seal)) return
  log('ERROR', 'the second place holds another seal of this number', { epoch: seal.epoch, sequence: seal.sequence })
  throw new StoreError('conflict', `the anchor of seal ${seal.sequence} is another one`)
}

/** A file that was cut off by a crash is none. */
export const sealTextIn = (text: string): string | undefined => {
  try {
    return sealText(JSON.parse(text))
  } catch {
    return undefined
  }
}
