// The wire of access where it is more than a shape.
import { expect, test } from 'vitest'
import { attributesOf, resourceInput } from './resource.ts'

test('C-108 a property cannot pass for the owner, the id or the type of a resource', () => {
  const smuggled = resourceInput.parse({
    id: 'r1',
    properties: { ownerId: 'me', id: 'r2', type: 'deal', stage: 'won' },
  })
  expect(attributesOf(smuggled)).toEqual({ id: 'r1', stage: 'won' })
  expect(attributesOf(resourceInput.parse({ ownerId: 'ann' }))).toEqual({ ownerId: 'ann' })
  expect(attributesOf({})).toEqual({})
})
