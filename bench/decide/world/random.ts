// Seeded randomness: the same seed and labels give the same numbers, so any slice of a world can be made on its own.

export interface Random {
  /** A whole number from 0 to `below` - 1. */
  readonly below: (below: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <Item>(items: readonly Item[]) => Item
  /** `count` different items; all of them when there are fewer. */
  readonly some: <Item>(items: readonly Item[], count: number) => readonly Item[]
  /** base62, as in drawn ids. */
  readonly text: (length: number) => string
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const mix = (hash: number, value: number): number => {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1)
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) ^ (mixed >>> 13)
}

/** sfc32, its 128 bits filled from the labels: with a smaller state, slices of a large world would share ids. */
const sfc32 = (labels: readonly number[]): (() => number) => {
  let a = labels.reduce(mix, 1)
  let b = labels.reduce(mix, 2)
  let c = labels.reduce(mix, 3)
  let counter = 1
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 4_294_967_296
  }
  for (let warmup = 0; warmup < 15; warmup++) next()
  return next
}

export const randomOf = (...labels: readonly number[]): Random => {
  const next = sfc32(labels)
  const below = (limit: number): number => Math.floor(next() * limit)
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)]
    if (item === undefined) throw new Error('there is nothing to pick from')
    return item
  }
  return {
    below,
    chance: (probability) => next() < probability,
    pick,
    some: (items, count) => {
      const left = [...items]
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(below(left.length), 1)).flat()
    },
    text: (length) => Array.from({ length }, () => alphabet[below(62)]).join(''),
  }
}
