// What a deployment would change, in words: from what was deployed last to what is here.

export interface Deployable {
  /** Function → what it runs on, as the manifest says. */
  readonly endpoints: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly rules: string
  /** Each index and override as one line of text. */
  readonly indexes: readonly string[]
  /** Version → its text. */
  readonly catalogues: Readonly<Record<string, string>>
}

const missing = (from: readonly string[], to: readonly string[]): readonly string[] =>
  from.filter((one) => !to.includes(one))

const changedFields = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => `${field} ${JSON.stringify(before[field])} → ${JSON.stringify(after[field])}`)

/** `before` is undefined for a first deployment. Code of functions changes with every deployment, and is not listed. */
export const planWords = (before: Deployable | undefined, after: Deployable): readonly string[] => {
  if (before === undefined)
    return [
      `everything is new: ${Object.keys(after.endpoints).length} functions, ${after.indexes.length} indexes and overrides, the rules, catalogue ${Object.keys(after.catalogues).toSorted().at(-1)}`,
    ]
  const [had, have] = [Object.keys(before.endpoints), Object.keys(after.endpoints)]
  return [
    ...missing(have, had).map((name) => `the function ${name} is new`),
    ...missing(had, have).map((name) => `the function ${name} is deleted, with its schedule, queue or subscription`),
    ...have.flatMap((name) => {
      const fields = changedFields(before.endpoints[name] ?? after.endpoints[name] ?? {}, after.endpoints[name] ?? {})
      return fields.length === 0 ? [] : [`the function ${name} changes: ${fields.join('; ')}`]
    }),
    ...(before.rules === after.rules ? [] : ['the rules of Firestore change, at once and for everybody']),
    ...missing(after.indexes, before.indexes).map((index) => `an index is built, which takes a while: ${index}`),
    ...missing(before.indexes, after.indexes).map((index) => `an index is deleted: ${index}`),
    ...catalogueWords(before.catalogues, after.catalogues),
  ]
}

/** Agencies adopt a version, and it never changes. */
const catalogueWords = (before: Deployable['catalogues'], after: Deployable['catalogues']): readonly string[] => [
  ...missing(Object.keys(after), Object.keys(before)).map((version) => `the catalogue ${version} can be published`),
  ...Object.keys(before).flatMap((version) => {
    if (after[version] === undefined)
      return [`STOP: the catalogue ${version} is gone, and agencies may have adopted it`]
    if (after[version] === before[version]) return []
    return [
      `STOP: the catalogue ${version} has changed, and agencies may have adopted it: what changes is a new version`,
    ]
  }),
]
