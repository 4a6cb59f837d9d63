// Seconds since it was made, as people read them.

export function stopwatch(): () => string {
  const start = performance.now()
  return () => `${((performance.now() - start) / 1_000).toFixed(1)} s`
}
