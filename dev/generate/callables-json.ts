// `docs/reference/callables.json`: every operation with its schemas, for people and for tools.
import { accessOf, doorsOf, everyBackground, everyOperation, httpPathOf, idOf } from './definitions.ts'
import { inputSchema, outputSchema } from './json-schemas.ts'

export const callablesJson = async (): Promise<string> => {
  const operations = (await everyOperation()).map((definition) => [
    idOf(definition),
    {
      summary: definition.summary,
      ...accessOf(definition),
      effect: definition.effect,
      doors: doorsOf(definition),
      httpPath: httpPathOf(definition),
      ...(definition.secrets.length > 0 ? { shownOnce: definition.secrets } : {}),
      input: inputSchema(definition),
      output: outputSchema(definition),
    },
  ])
  const background = everyBackground().map(({ name, kind, summary }) => [name, { kind, summary }])
  return `${JSON.stringify({ operations: Object.fromEntries(operations), background: Object.fromEntries(background) }, undefined, 2)}\n`
}
