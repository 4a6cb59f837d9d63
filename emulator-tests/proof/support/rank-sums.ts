// Whether two samples of times come from one distribution, by their ranks alone: outliers of a busy machine weigh no more than any other sample.

export interface Compared {
  /** Two-sided p of the Mann-Whitney test, by its normal approximation with ties: small when one sample is slower as a rule. */
  readonly p: number
  /** How often one drawn from the left is the slower of two: a half when they cannot be told apart. */
  readonly slower: number
}

export const compareRanks = (left: readonly number[], right: readonly number[]): Compared => {
  const all = [...left.map((value) => ({ value, isLeft: true })), ...right.map((value) => ({ value, isLeft: false }))]
  all.sort((a, b) => a.value - b.value)
  let rankSum = 0
  let ties = 0
  for (let from = 0; from < all.length; ) {
    let to = from
    while (to < all.length && all[to]?.value === all[from]?.value) to++
    const tied = to - from
    ties += tied ** 3 - tied
    rankSum += all.slice(from, to).filter(({ isLeft }) => isLeft).length * ((from + 1 + to) / 2)
    from = to
  }
  const [m, n] = [left.length, right.length]
  const total = m + n
  const spread = Math.sqrt(((m * n) / 12) * (total + 1 - ties / (total * (total - 1))))
  const wins = rankSum - (m * (m + 1)) / 2
  const apart = Math.abs(wins - (m * n) / 2)
  return { p: spread === 0 ? 1 : erfc(apart / spread / Math.SQRT2), slower: wins / (m * n) }
}

/** Abramowitz and Stegun 7.1.26, to seven digits. */
const erfc = (x: number): number => {
  const t = 1 / (1 + 0.3275911 * x)
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return series * Math.exp(-x * x)
}
