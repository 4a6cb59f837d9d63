// One read for many who ask at once, and yet nobody is answered with what was read before he asked.

/** Whoever comes while a read is under way shares the next one: so a crowd costs two reads, however many it is. */
export const sharedRead = <Found>(read: () => Promise<Found>): (() => Promise<Found>) => {
  let running: Promise<Found> | undefined
  let next: Promise<Found> | undefined
  const begin = (): Promise<Found> => {
    const begun = read().finally(() => {
      if (running === begun) running = undefined
    })
    running = begun
    return begun
  }
  const after = async (before: Promise<Found>): Promise<Found> => {
    await before.catch(() => undefined) // a failed read is the answer of those who waited for it, and of nobody else
    next = undefined
    return begin()
  }
  return () => {
    if (running === undefined) return begin()
    next ??= after(running)
    return next
  }
}
