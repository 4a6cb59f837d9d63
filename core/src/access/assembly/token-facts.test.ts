import { describe, expect, it } from 'vitest'
import type { UserId } from '../../kernel/ids.ts'
import { userRef } from '../../kernel/principal.ts'
import { type Instant, instantOf } from '../../kernel/time.ts'
import { carriedEntry, keyEnded } from './token-facts.ts'

const owner = userRef('anna' as UserId)
const momentIn = (value: unknown): Instant | undefined => (typeof value === 'number' ? instantOf(value) : undefined)
const ended = (carried: unknown, createdAt: number): boolean =>
  keyEnded({ createdAt: instantOf(createdAt) }, [carriedEntry({ ownersKeysNotBefore: carried }, owner)], momentIn)

describe('an entry that an account brought along', () => {
  it('ends what its owner had made until then, and nothing made later or by others', () => {
    expect([99, 100, 101].map((at) => ended({ [owner]: 100 }, at))).toEqual([true, true, false])
    for (const carried of [undefined, {}, { 'user:ben': 100 }]) expect(ended(carried, 1)).toBe(false)
  })

  it('ends everything when it cannot be read', () => {
    for (const carried of [null, 'x', 7, { [owner]: 'soon' }, { [owner]: null }]) expect(ended(carried, 1)).toBe(true)
  })
})
