// Takes turns: of one key, so many at a time and no more, in the order in which they came.

export type Turns = <T>(key: string, work: () => Promise<T>) => Promise<T>

interface Line {
  running: number
  readonly waiting: (() => void)[]
}

/** A key that nobody uses any more is forgotten. */
export const turns = (most: number): Turns => {
  const lines = new Map<string, Line>()
  return async (key, work) => {
    const line = lines.get(key) ?? { running: 0, waiting: [] }
    lines.set(key, line)
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
