// Which tenants' chains cannot be gone on with, because what is stored of them was damaged: theirs wait for a person, all others are sealed.
import type { Reader } from '../../../platform/store/reader.ts'
import { headIn, headPath, segmentPath } from '../documents.ts'

export const brokenChains = async (read: Reader, tenants: readonly string[]): Promise<ReadonlySet<string>> => {
  const heads = await read.getAll(tenants.map(headPath))
  const next = tenants.map((tenant, index) => {
    try {
      return segmentPath(tenant, (headIn(heads[index], tenant)?.sequence ?? 0) + 1)
    } catch {
      return undefined // the head is none
    }
  })
  const found = await read.getAll(next.map((path, index) => path ?? headPath(tenants[index] ?? '')))
  // The head of such a chain is none, or its next segment is there already.
  return new Set(tenants.filter((_tenant, index) => next[index] === undefined || found[index] !== undefined))
}
