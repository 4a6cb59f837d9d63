// Whether the second place knows of what this database has not made yet: then it was restored, and whatever was sealed since is lost.
import type { Fault } from '@latchkey/core/audit/verify/fault'
import type { Anchors } from '../../../platform/cloud/anchors.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import { anchorName, isEpochOver, type Sealing, sealingIn, sealingPath } from '../documents.ts'

/** `before` was read before the second place is: a sealer may go on meanwhile. */
export const findRestore = async (
  { read, anchors }: { readonly read: Reader; readonly anchors: Anchors },
  tenant: string,
  before: Sealing,
): Promise<readonly Fault[]> => {
  const { epoch, sequence } = before
  const [isOver, next] = await Promise.all([isEpochOver(anchors, epoch), anchors.read(anchorName({ epoch, sequence }))])
  if (!isOver && next === undefined) return []
  const [current] = await read.getAll([sealingPath])
  const present = sealingIn(current)
  if (present.epoch !== epoch || (!isOver && present.sequence !== sequence)) return []
  const known = isOver ? `epoch ${epoch + 1}` : `seal ${sequence}`
  const sentence = `the second place holds ${known}, which this database has not made: it was restored, and events may be lost`
  return [{ kind: 'anchor', tenant, sentence }]
}
