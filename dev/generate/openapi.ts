// `docs/reference/openapi.json`: the HTTP door as OpenAPI 3.1.
import { type ErrorCode, errorCodes, errorTable } from '@latchkey/core/kernel/errors'
import type { AnyOperation } from '../../functions/src/guard/definition.ts'
import { accessOf, everyOperation, httpPathOf, idOf } from './definitions.ts'
import { inputSchema, outputSchema } from './json-schemas.ts'

/** What the pipeline itself can answer to any operation; a handler's own codes are described on the error pages. */
const common: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_token',
  'permission_denied',
  'not_found',
  'payload_too_large',
  'rate_limited',
  'internal',
  'unavailable',
]

const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }

/** What a stream's handler answers is never sent; its lines are, one JSON object each. */
const contentOf = (definition: AnyOperation) =>
  definition.stream === undefined
    ? { 'application/json': { schema: outputSchema(definition) } }
    : { 'application/x-ndjson': { schema: { type: 'string', description: 'One JSON object a line.' } } }

const responses = (definition: AnyOperation) => ({
  200: { description: 'Done.', content: contentOf(definition) },
  ...Object.fromEntries(
    common.map((code) => [errorTable[code].http, { description: errorTable[code].sentence, content: problem }]),
  ),
})

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key and body give the stored answer for 24 hours.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{16,128}$' },
}

/** A `GET` has no body: the fields of its input stand in the path, or else in the query. */
const fieldParameters = (definition: AnyOperation): readonly object[] => {
  const { properties = {}, required = [] } = inputSchema(definition) as {
    readonly properties?: Readonly<Record<string, object>>
    readonly required?: readonly string[]
  } // the input of every operation is an object
  return Object.entries(properties).map(([name, schema]) => {
    const inPath = definition.path?.includes(`{${name}}`) === true
    return { name, in: inPath ? 'path' : 'query', required: inPath || required.includes(name), schema }
  })
}

const operationOf = (definition: AnyOperation) => {
  const { permission, reason } = accessOf(definition)
  const headers = definition.effect === 'write' ? [idempotencyKey] : []
  const parameters = definition.method === 'GET' ? [...headers, ...fieldParameters(definition)] : headers
  return {
    operationId: idOf(definition).replace('/', '.'),
    summary: definition.summary,
    description: permission === undefined ? reason : `Needs \`${permission}\`.`,
    tags: [definition.group],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(definition.method === 'GET'
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: inputSchema(definition) } } } }),
    responses: responses(definition),
  }
}

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: errorCodes },
    field: { type: 'string', description: 'Path of the offending field.' },
    detail: { type: 'string' },
    missing: { type: 'array', items: { type: 'string' } },
    retryAfterSeconds: { type: 'integer' },
    requiredAcr: { type: 'string' },
    requestId: { type: 'string' },
  },
}

export const openapiJson = async (): Promise<string> => {
  const operations = await everyOperation()
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Latchkey',
      version: '1',
      description: 'API keys and access tokens only; ID tokens belong to the callables.',
    },
    servers: [{ url: 'https://api.latchkey.example' }],
    security: [{ credential: [] }],
    paths: Object.fromEntries(
      operations.map((definition) => [
        httpPathOf(definition),
        { [definition.method.toLowerCase()]: operationOf(definition) },
      ]),
    ),
    components: {
      securitySchemes: { credential: { type: 'http', scheme: 'bearer', bearerFormat: 'lk_api_…' } },
      schemas: { Problem: problemSchema },
    },
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}
