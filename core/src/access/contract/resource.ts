// A resource as a question describes it, and what conditions see of it.
import * as z from 'zod'
import type { AttributeMap } from '../condition.ts'

/** Attributes that the asking service vouches for; it needs `iam.attributes.assert`. */
export const attributeValue = z.union([
  z.string().max(500),
  z.number(),
  z.boolean(),
  z.array(z.string().max(200)).max(50),
])
/** At most 30, so that a decision never drags a large document along. */
export const properties = z
  .record(z.string().max(80), attributeValue)
  .refine((all) => Object.keys(all).length <= 30, 'There are more than 30 properties.')

export const resourceInput = z.strictObject({
  type: z.string().max(80).optional(),
  id: z.string().max(200).optional(),
  ownerId: z.string().max(200).optional(),
  properties: properties.optional(),
})

/** The attributes that a condition sees as `resource`; a property named like the type, the id or the owner is none of them. */
export const attributesOf = ({ properties = {}, ...named }: z.output<typeof resourceInput>): AttributeMap => {
  const { type: _type, id: _id, ownerId: _ownerId, ...others } = properties
  return { ...others, ...named }
}
