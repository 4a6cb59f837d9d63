/** Reads an update mask: which fields a caller asks to change. */
import { invalidArgument } from './status.ts'

export type FieldMask = { readonly paths: readonly string[] } | null

const snakeCase = (path: string): string => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The masked fields in snake case; INVALID_ARGUMENT when there are none, or one that cannot be updated. */
export function maskedFields(mask: FieldMask, updatable: readonly string[]): ReadonlySet<string> {
  const fields = new Set((mask?.paths ?? []).map(snakeCase))
  if (fields.size === 0) throw invalidArgument("The field 'update_mask' must name at least one field.")
  for (const field of fields) {
    if (!updatable.includes(field)) {
      throw invalidArgument(
        `The field '${field}' in 'update_mask' cannot be updated. Possible: ${updatable.join(', ')}.`,
      )
    }
  }
  return fields
}
