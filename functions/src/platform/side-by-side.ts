// Work on many things at once, and never on more than so many of them.

/** Answers in the order of the items. Rejects as one of them did, but not before all that was begun is done. */
export const sideBySide = async <Item, Answer>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> => {
  const answers: Answer[] = []
  const left = items.entries() // shared: whoever is free takes the next
  const lane = async (): Promise<void> => {
    for (const [index, item] of left) answers[index] = await work(item)
  }
  const lanes = Array.from({ length: Math.min(most, items.length) }, lane)
  await Promise.allSettled(lanes)
  await Promise.all(lanes)
  return answers
}
