// The JSON Schemas of an operation's input and output, as they are on the wire.
import * as z from 'zod'
import type { AnyOperation } from '../../functions/src/guard/definition.ts'

export type JsonSchema = { readonly [key: string]: unknown }

const clean = (schema: object): JsonSchema => {
  const { $schema: _dialect, ...rest } = schema as { readonly $schema?: string }
  return rest
}

export const inputSchema = ({ input }: AnyOperation): JsonSchema => clean(z.toJSONSchema(input, { io: 'input' }))
export const outputSchema = ({ output }: AnyOperation): JsonSchema => clean(z.toJSONSchema(output))
