// Waits for work, but not for ever: the work itself goes on, and whoever waits is told that it is late.

/** Rejects with `late()` after so many milliseconds. */
export const inTime = async <Value>(work: Promise<Value>, milliseconds: number, late: () => Error): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds)
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves when it is done or has failed, and after so many milliseconds in any case: for work that keeps no caller waiting for long. */
export const patiently = (work: Promise<void>, milliseconds: number): Promise<void> =>
  inTime(work, milliseconds, () => new Error('it goes on without its caller')).catch(() => undefined)
