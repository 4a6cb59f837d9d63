// Choices that a seed repeats: whoever sees a failure runs the very same cases again.

/** Everything that a generator draws. */
export interface Random {
  /** 0 to `end`, without it. */
  readonly below: (end: number) => number
  readonly pick: <Item>(items: readonly Item[]) => Item
  /** Yes in about this share of all draws. */
  readonly chance: (share: number) => boolean
  /** At most this many of them, each once, in their order. */
  readonly some: <Item>(items: readonly Item[], most: number) => readonly Item[]
}

/** The seed of a run: `LK_SEED=7` repeats one, else there is one a day, so that CI sees new cases and a failure can be repeated. */
export const seedOfRun = (): number => {
  const given = process.env['LK_SEED']
  return given === undefined ? Math.floor(Date.now() / 86_400_000) : Number(given)
}

/** mulberry32. */
export const seeded = (seed: number): Random => {
  let state = seed
  const draw = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number): number => Math.floor(draw() * end)
  return {
    below,
    pick: <Item>(items: readonly Item[]): Item => {
      if (items.length === 0) throw new Error('there is nothing to pick from')
      return items[below(items.length)] as Item // an index within it
    },
    chance: (share) => draw() < share,
    some: (items, most) => {
      const wanted = Math.min(items.length, below(most + 1))
      const chosen = new Set<number>()
      while (chosen.size < wanted) chosen.add(below(items.length))
      return items.filter((_item, index) => chosen.has(index))
    },
  }
}

/** How much of the cases is run: `npm test` sets a fifth, `npm test -- --full` all; `LK_PROOF_SHARE=0.05` is for writing them. */
export const shareOfRun = (): number => Number(process.env['LK_PROOF_SHARE'] ?? '1')
