// Finds the public keys for seals in whatever publishes them: a key, a key set, or the answer of `signing/list`.
import { anchoredKey, sealNumber } from '../export-lines.ts'
import type { SealKey } from './seals.ts'

type End = Pick<SealKey, 'lastSeal'>

/** Wherever they stand in the document. Keys of other purposes sign no seal. What ends the object around a key ends the key. */
export const publishedKeys = (value: unknown, around: End = {}): readonly SealKey[] => {
  if (typeof value !== 'object' || value === null) return []
  const end = { ...around, ...endOf(value) }
  const key = anchoredKey.safeParse(value)
  if (key.success) return key.data.kid.startsWith('seal-') ? [{ ...key.data, ...end }] : []
  return Object.values(value).flatMap((inner) => publishedKeys(inner, end))
}

/** Of a compromised key that does not say until which seal it counts, none does. */
const endOf = (key: object): End => {
  if (!('lastSeal' in key) && !('compromisedAt' in key)) return {}
  const said = 'lastSeal' in key ? sealNumber.safeParse(key.lastSeal).data : undefined
  return { lastSeal: said ?? { epoch: 1, sequence: 0 } }
}
