// The only randomness: ids and secrets from the system's generator. All ids of a change are drawn before its transaction.
import { randomBytes } from 'node:crypto'
import { bytesToBase62 } from '@latchkey/core/kernel/base62'
import { type prefixes, randomPartLength } from '@latchkey/core/kernel/ids'
import { invariant } from '@latchkey/core/kernel/invariant'

export type RandomBytes = (count: number) => Uint8Array
export type DrawId = (prefix?: (typeof prefixes)[keyof typeof prefixes]) => string

export const systemRandom: RandomBytes = (count) => new Uint8Array(randomBytes(count))

const pageBytes = 2_048

/** For ids, two of which every call needs: asking the system costs more than all the rest of drawing one. No byte is handed out twice; secrets are never drawn ahead. */
export const pagedRandom = (random: RandomBytes): RandomBytes => {
  let page: Uint8Array = new Uint8Array()
  return (count) => {
    if (page.length < count) page = random(Math.max(count, pageBytes))
    const drawn = page.slice(0, count)
    page.fill(0, 0, count)
    page = page.subarray(count)
    return drawn
  }
}

/** Draws `<prefix>_` + 22 base62 characters, or the characters alone: 128 bits. */
export const idDrawer =
  (random: RandomBytes): DrawId =>
  (prefix) => {
    const text = bytesToBase62(random(16), randomPartLength)
    invariant(text !== undefined, '128 bits fit in 22 base62 digits')
    return prefix === undefined ? text : `${prefix}_${text}`
  }
