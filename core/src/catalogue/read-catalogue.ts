// The way in for a catalogue document from a file, a store or the wire: well-formed and without problems, or not at all.
import { err, ok, type Result } from '../kernel/result.ts'
import { checkCatalogue, type Problem } from './check.ts'
import { type CatalogueDocument, catalogueDocument } from './schema.ts'

/** Faults of shape are given by their path, faults of content as problems; a document with either is refused. */
export type CatalogueFault =
  | { readonly kind: 'malformed'; readonly paths: readonly string[] }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }

export const readCatalogue = (value: unknown): Result<CatalogueDocument, CatalogueFault> => {
  const parsed = catalogueDocument.safeParse(value)
  if (!parsed.success) {
    return err({ kind: 'malformed', paths: parsed.error.issues.map((issue) => issue.path.map(String).join('.')) })
  }
  const problems = checkCatalogue(parsed.data)
  return problems.length === 0 ? ok(parsed.data) : err({ kind: 'problems', problems })
}
