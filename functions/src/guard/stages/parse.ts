// Stage 2: the body, strictly: small, JSON, no duplicate keys, no unknown fields, every fault with its path.
import { canonicalJson, type Json } from '@latchkey/core/kernel/canonical-json'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { parseStrictJson } from '@latchkey/core/kernel/strict-json'
import { type Instant, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import { sha256 } from '../../platform/seal.ts'
import { timestampOf } from '../../platform/store/reader.ts'
import { asRevision, type Revision, revisionOf } from '../../platform/store/revision.ts'
import type { GuardDependencies } from '../dependencies.ts'
import type { Call, Passage, StageResult } from '../passage.ts'

export const maxBodyBytes = 256 * 1024
/** Whoever signs a body has been let in already, and sends in batches. */
const maxSignedBodyBytes = 1024 * 1024
const idempotencyKeyPattern = /^[A-Za-z0-9_-]{16,128}$/
const keyRule = 'An idempotency key has 16 to 128 letters, digits, - or _.'

export const parse = (passage: Passage, dependencies: GuardDependencies): StageResult | Promise<StageResult> => {
  const { call, definition } = passage
  const signed = 'signedBody' in definition.access
  const body = readBody(call, signed ? maxSignedBodyBytes : maxBodyBytes)
  if (!body.ok) return body
  const { input: raw, idempotencyKey } = splitKey(call, body.value)
  // What is signed is known again by itself, and a scanner's proxy may add any header.
  if (idempotencyKey !== undefined && !signed) {
    if (typeof idempotencyKey !== 'string' || !idempotencyKeyPattern.test(idempotencyKey)) {
      return err(iamError('invalid_request', { field: 'idempotencyKey', detail: keyRule }))
    }
    passage.idempotencyKey = idempotencyKey
  }
  const parsed = definition.input.safeParse(raw)
  if (!parsed.success) return err(faultOf(parsed.error))
  passage.input = parsed.data
  // Only whoever sends a key with it is asked for the same again.
  if (passage.idempotencyKey !== undefined) passage.inputDigest = sha256(canonicalJson(raw as Json)) // it came from JSON
  const atLeast = definition.atLeast?.(parsed.data)
  return definition.cached && atLeast !== undefined ? seeing(atLeast, passage, dependencies) : ok('next')
}

const seeing = async (
  atLeast: string,
  passage: Passage,
  { cache, stillCounts }: GuardDependencies,
): Promise<StageResult> => {
  const revision = asRevision(atLeast)
  if (revision === undefined || revision > latestPossible(passage.now))
    return err(iamError('invalid_request', { field: 'atLeast', detail: 'No write has answered with this.' }))
  passage.read = cache.reader(revision)
  // Who asks was read before the revision was known: a key that this very write ended asks nothing any more (CATALOGUE F-15).
  const { caller } = passage
  if (caller !== undefined && !(await stillCounts(passage.read, caller, passage.now)))
    return err(iamError('invalid_token'))
  return ok('next')
}

/** A revision of tomorrow would make every question read for ever. */
const latestPossible = (now: Instant): Revision => revisionOf(timestampOf(plusSeconds(now, minutes(1))))

const readBody = (call: Call, most: number): Result<unknown, IamError> => {
  if (call.body.byteLength > most) return err(iamError('payload_too_large'))
  if (!/^application\/json(;\s*charset=utf-8)?$/i.test(call.contentType ?? '')) {
    return err(iamError('invalid_request', { field: 'Content-Type', detail: 'Send application/json in UTF-8.' }))
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(call.body)
  } catch {
    return err(iamError('invalid_request', { detail: 'The body is not UTF-8.' }))
  }
  const json = parseStrictJson(text)
  if (!json.ok) {
    const field = call.transport === 'callable' ? json.error.path.replace(/^data\.?/, '') : json.error.path
    return err(
      iamError('invalid_request', {
        ...(field === '' ? {} : { field: field.slice(0, maxFieldLength) }),
        detail: json.error.reason,
      }),
    )
  }
  return ok(call.transport === 'callable' ? dataOf(json.value) : json.value)
}

/** A callable's body is `{"data": …}`; no data at all means no fields. */
const dataOf = (envelope: unknown): unknown =>
  typeof envelope === 'object' && envelope !== null && 'data' in envelope ? (envelope.data ?? {}) : {}

/** The stock client sets no headers, so a callable carries its idempotency key beside the fields. */
const splitKey = (call: Call, body: unknown): { readonly input: unknown; readonly idempotencyKey?: unknown } => {
  if (call.transport === 'http') {
    return call.idempotencyKey === undefined ? { input: body } : { input: body, idempotencyKey: call.idempotencyKey }
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body) || !('idempotencyKey' in body))
    return { input: body }
  const { idempotencyKey, ...input } = body
  return { input, idempotencyKey }
}

/** A field's name may be a stranger's text: enough of it to find it, no more. */
const maxFieldLength = 100

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')

/** The first fault with its path; an unknown field is named itself. */
const faultOf = (error: z.ZodError): IamError => {
  const [issue] = error.issues
  if (issue === undefined) return iamError('invalid_request')
  if (issue.code === 'unrecognized_keys') {
    return iamError('invalid_request', {
      field: pathOf([...issue.path, issue.keys[0] ?? '']).slice(0, maxFieldLength),
      detail: 'This field is not known here.',
    })
  }
  const field = pathOf(issue.path).slice(0, maxFieldLength)
  return iamError('invalid_request', { ...(field === '' ? {} : { field }), detail: issue.message })
}
