// Work on a few things side by side, where one that fails makes no other wait: what failed is said, and the rest is done.
import { sideBySide } from './side-by-side.ts'

export interface Done {
  readonly repaired: number
  /** What is still wrong, in words. */
  readonly drifted: readonly string[]
}

/** So many wait for Firestore at once: more than that, and a walk would be felt by those who wait for answers. */
export const comparedAtOnce = 8

/** `work` answers `repaired`, `right`, or a sentence about what is still wrong. */
export const each = async <Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  work: (item: Item) => Promise<string>,
): Promise<Done> => {
  const outcomes = await sideBySide(items, comparedAtOnce, (item) =>
    work(item).catch((error: unknown) => `${nameOf(item)} could not be compared: ${String(error)}`),
  )
  return {
    repaired: outcomes.filter((outcome) => outcome === 'repaired').length,
    drifted: outcomes.filter((outcome) => outcome !== 'repaired' && outcome !== 'right'),
  }
}
