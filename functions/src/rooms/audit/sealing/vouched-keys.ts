// A key for seals leaves KMS only when nobody needs KMS any more to vouch for what it signed: every such seal lies in the second place.
import type { Reader } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import { sealIn, sealingIn, sealingPath, sealPath, storedSealIn } from '../documents.ts'

const atOnce = 100

/** Rejects while a seal by this key waits for the second place, which takes no key that KMS does not have. */
export const requireVouched = async (read: Reader, kid: string): Promise<void> => {
  const [current] = await read.getAll([sealingPath])
  const { anchored, sequence: end } = sealingIn(current)
  for (let from = anchored + 1; from < end; from += atOnce) {
    const sequences = Array.from({ length: Math.min(atOnce, end - from) }, (_, at) => from + at)
    const stored = await read.getAll(sequences.map(sealPath))
    const waiting = sequences.find((sequence, at) => sealIn(storedSealIn(stored[at], sequence))?.kid === kid)
    if (waiting !== undefined)
      throw new StoreError('unavailable', `${kid} is not destroyed: seal ${waiting} by it waits for the second place`)
  }
}
