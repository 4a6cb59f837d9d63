// Work on one thing after another, where one that fails makes no other wait: what failed is said, and the rest is done.

export interface Done {
  readonly repaired: number
  /** What is still wrong, in words. */
  readonly drifted: readonly string[]
}

/** `work` answers `repaired`, `right`, or a sentence about what is still wrong. */
export const each = async <Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  work: (item: Item) => Promise<string>,
): Promise<Done> => {
  let repaired = 0
  const drifted: string[] = []
  for (const item of items) {
    const outcome = await work(item).catch(
      (error: unknown) => `${nameOf(item)} could not be compared: ${String(error)}`,
    )
    if (outcome === 'repaired') repaired++
    else if (outcome !== 'right') drifted.push(outcome)
  }
  return { repaired, drifted }
}
