// What was ended on the whole platform: what cannot be read ends everything, and the same of both is the same head.
import { expect, test } from 'vitest'
import { compileCatalogue } from '../../catalogue/compile.ts'
import catalogue from '../../catalogue/data/2026-11-01.json' with { type: 'json' }
import { readCatalogue } from '../../catalogue/read-catalogue.ts'
import { instantOf } from '../../kernel/time.ts'
import { headOf, isEndedBy, platformEndsIn } from './head.ts'
import { momentFromWire, momentOnWire } from './moments.ts'

const ends = (fields: object) => platformEndsIn({ version: '2026-11-01', ...fields }, momentFromWire)

test('F-38 what was made at the moment itself is over, what was made a millisecond later is not', () => {
  const found = ends({ keysNotBefore: momentOnWire(instantOf(5)) })
  expect([4, 5, 6].map((at) => isEndedBy(found?.keys, instantOf(at)))).toEqual([true, true, false])
  expect(isEndedBy(found?.sessions, instantOf(0))).toBe(false)
  expect(ends({})).toBeUndefined()
})

test.each([null, 'yesterday', 0, {}])('F-38 %j for a moment ends whatever there is', (value) => {
  expect(isEndedBy(ends({ sessionsNotBefore: value })?.sessions, instantOf(Date.now()))).toBe(true)
})

test('is one and the same as long as nothing of it changes, so that what is kept with it is kept', () => {
  const document = readCatalogue(catalogue)
  if (!document.ok) throw new Error('malformed catalogue')
  const compiled = compileCatalogue(document.value)
  const end = () => ends({ keysNotBefore: momentOnWire(instantOf(5)) })
  expect(headOf(compiled, undefined)).toBe(compiled)
  expect(headOf(compiled, end())).toBe(headOf(compiled, end()))
  expect(headOf(compiled, end())).not.toBe(headOf(compiled, ends({ keysNotBefore: momentOnWire(instantOf(6)) })))
})
