// The middle of what was measured: noise on one side does not move it.

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((left, right) => left - right)
  const half = sorted.length / 2
  return ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half) - 1] ?? 0)) / 2
}

export const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length * q)] ?? 0
