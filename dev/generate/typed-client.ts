// `sdk/src/generated/operations.ts`: the input and output of every operation as TypeScript, from the same schemas that the guard enforces.
import { doorsOf, everyOperation, idOf } from './definitions.ts'
import { inputSchema, type JsonSchema, outputSchema } from './json-schemas.ts'

const list = (value: unknown): readonly JsonSchema[] => (Array.isArray(value) ? (value as readonly JsonSchema[]) : [])

/** The part of JSON Schema that our contracts use; anything else becomes `unknown`, and the drift test shows it. */
const typeOf = (schema: JsonSchema, indent: string): string => {
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' | ')
  const either = [...list(schema['anyOf']), ...list(schema['oneOf'])]
  if (either.length > 0) return either.map((one) => typeOf(one, indent)).join(' | ')
  switch (schema['type']) {
    case 'string':
      return 'string'
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'array':
      return `readonly (${typeOf((schema['items'] ?? {}) as JsonSchema, indent)})[]`
    case 'object':
      return objectOf(schema, indent)
    default:
      return 'unknown'
  }
}

const objectOf = (schema: JsonSchema, indent: string): string => {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>)
  const rest = schema['additionalProperties']
  if (properties.length === 0 && typeof rest === 'object' && rest !== null) {
    return `{ readonly [key: string]: ${typeOf(rest as JsonSchema, indent)} }`
  }
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : [])
  const inner = `${indent}  `
  const lines = properties.map(([name, one]) => {
    const note = typeof one['description'] === 'string' ? `${inner}/** ${one['description']} */\n` : ''
    return `${note}${inner}readonly ${name}${required.has(name) ? '' : '?'}: ${typeOf(one, inner)}`
  })
  return lines.length === 0 ? '{ readonly [key: string]: never }' : `{\n${lines.join('\n')}\n${indent}}`
}

export const typedClient = async (): Promise<string> => {
  const callable = (await everyOperation()).filter((definition) => doorsOf(definition).includes('callable'))
  const entries = callable.map(
    (definition) =>
      `  /** ${definition.summary} */\n  '${idOf(definition)}': {\n    readonly input: ${typeOf(inputSchema(definition), '    ')}\n    readonly output: ${typeOf(outputSchema(definition), '    ')}\n  }`,
  )
  return `// Generated from the definitions by \`npm run generate\`; do not edit.\n\nexport interface Operations {\n${entries.join('\n')}\n}\n`
}
