// Choices from a seed: fast, the same on every machine, and any world can be made alone by its index.
import type { Draw } from '../worlds.fixture.ts'

/** Mulberry32; each index starts at a place of its own. */
export const seededDraw = (seed: number, index: number): Draw => {
  let state = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b) >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
