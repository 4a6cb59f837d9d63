// Takes turns: of one key, so many at a time and no more, in the order in which they came; and a line of a bounded length.
import { StoreError } from './store/store-error.ts'

export type Turns = <T>(key: string, work: () => Promise<T>) => Promise<T>

interface Line {
  running: number
  readonly waiting: (() => void)[]
}

/** A key that nobody uses any more is forgotten. */
export const turns = (most: number, waiting: number): Turns => {
  const lines = new Map<string, Line>()
  return async (key, work) => {
    const line = lines.get(key) ?? { running: 0, waiting: [] }
    lines.set(key, line)
    if (line.running >= most && line.waiting.length >= waiting)
      throw new StoreError('unavailable', `too many wait for ${key}`)
    if (line.running >= most) await new Promise<void>((resolve) => line.waiting.push(resolve))
    else line.running++
    try {
      return await work()
    } finally {
      const next = line.waiting.shift()
      // Whoever waited takes this place: the number that run stays the same.
      if (next !== undefined) next()
      else if (--line.running === 0) lines.delete(key)
    }
  }
}
