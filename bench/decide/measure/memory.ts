// How much memory something takes: live heap and buffers before and after, each after a full collection.

const collect = (): void => {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('run with --expose-gc')
  gc()
  gc()
}

/** Live bytes: the heap, and what it holds outside (typed arrays, WebAssembly memory). */
export const liveBytes = (): number => {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

export interface Weighed<Value> {
  readonly value: Value
  readonly bytes: number
}

export const weigh = async <Value>(make: () => Value | Promise<Value>): Promise<Weighed<Value>> => {
  const before = liveBytes()
  const value = await make()
  return { value, bytes: liveBytes() - before }
}

/** Sweeps what the one before left in the young generation, so that it is not charged to the next. */
export const sweepYoung = (): void => {
  globalThis.gc?.({ type: 'minor', execution: 'sync' })
}
