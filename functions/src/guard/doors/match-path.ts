// Paths with fields in them, and the fields of a query: read byte by byte, without decoding, as names and ids never need it.

export interface Matched {
  readonly template: string
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/** Everything that ids, versions and revisions are made of; a `%` or `+` would mean something else to somebody else. */
const value = /^[A-Za-z0-9_.:@-]{1,200}$/

/** Made once for all paths of a function. */
export const pathMatcher = (templates: readonly string[]): ((path: string) => Matched | undefined) => {
  const exact = new Set(templates.filter((template) => !template.includes('{')))
  const others = templates
    .filter((template) => !exact.has(template))
    .map((template) => [template, template.split('/')] as const)
  return (path) => {
    // A path that stands there as it is comes before one that a field would take.
    if (exact.has(path)) return { template: path, fields: [] }
    const segments = path.split('/')
    for (const [template, parts] of others) {
      const fields = fieldsIn(segments, parts)
      if (fields !== undefined) return { template, fields }
    }
    return undefined
  }
}

const fieldsIn = (segments: readonly string[], parts: readonly string[]): Matched['fields'] | undefined => {
  if (segments.length !== parts.length) return undefined
  const fields: (readonly [string, string])[] = []
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? ''
    const name = /^\{(.+)\}$/.exec(part)?.[1]
    if (name === undefined ? segment !== part : !value.test(segment)) return undefined
    if (name !== undefined) fields.push([name, segment])
  }
  return fields
}

/** As JSON text in the order they came, so that a field given twice is seen by whoever parses it; what is malformed is no object at all. */
export const fieldsOf = (fromPath: Matched['fields'], query: string): string => {
  const pairs = query === '' ? [] : query.split('&').map((pair) => pair.split('='))
  const all = [
    ...fromPath,
    ...pairs.map(([name = '', text = '', ...rest]) => [name, rest.length > 0 ? '' : text] as const),
  ]
  if (all.some(([, text]) => !value.test(text))) return 'null'
  return `{${all.map(([name, text]) => `${JSON.stringify(name)}:${JSON.stringify(text)}`).join(',')}}`
}
