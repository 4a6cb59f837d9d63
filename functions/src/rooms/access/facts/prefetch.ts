// A reader that remembers what it has read: for one call that asks about many, in one round trip instead of hundreds.
import type { Reader, Stamped } from '../../../platform/store/reader.ts'

/** Reads `paths` at once; whatever is asked for later and was not among them is read then, and remembered too. */
export const prefetched = async (read: Reader, paths: readonly string[]): Promise<Reader> => {
  const known = new Map<string, Stamped>()
  const fetch = async (wanted: readonly string[]): Promise<void> => {
    const missing = [...new Set(wanted)].filter((path) => !known.has(path))
    const found = await read.getStamped(missing)
    found.forEach((one, index) => void known.set(missing[index] ?? '', one))
  }
  const getStamped: Reader['getStamped'] = async (wanted) => {
    await fetch(wanted)
    return wanted.flatMap((path) => known.get(path) ?? [])
  }
  await fetch(paths)
  return {
    getStamped,
    getAll: async (wanted) => (await getStamped(wanted)).map(({ fields }) => fields),
    list: read.list,
  }
}
