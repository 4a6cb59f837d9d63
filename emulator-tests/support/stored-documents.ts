// What really stands in the database of a test's project, past every door of ours: to compare, to scan, and to damage.
import type { Cache } from '../../functions/src/platform/store/cache.ts'
import { endpoints } from './stack.ts'

/** A field in the REST form, as in `{ stringValue: 'x' }`. */
export type RestValue = Readonly<Record<string, unknown>>
export type RestFields = Readonly<Record<string, RestValue>>

const documentsOf = (projectId: string): string => `projects/${projectId}/databases/(default)/documents`

const send = async (projectId: string, rest: string, method: string, body?: object): Promise<unknown> => {
  const response = await fetch(`http://${endpoints.firestore}/v1/${documentsOf(projectId)}${rest}`, {
    method,
    headers: { authorization: 'Bearer owner', 'content-type': 'application/json' }, // the emulator's administrator
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer: unknown = await response.json()
  if (!response.ok) throw new Error(`${method} ${rest}: ${JSON.stringify(answer)}`)
  return answer
}

/** Caches of the worlds that live here: what a test does behind their backs is no stale read of theirs. */
const caches = new Map<string, Cache>()
export const watchedBy = (projectId: string, cache: Cache): void => void caches.set(projectId, cache)

const forget = (projectId: string, path: string): void => {
  const [second] = new Date().toISOString().split('.')
  caches.get(projectId)?.forget([path], `${second}.000000Z` as Parameters<Cache['forget']>[1]) // in the form of a revision
}

interface Found {
  readonly document?: { readonly name: string; readonly fields?: RestFields }
}

/** Every document of the project: path → fields. */
export const storedDocuments = async (projectId: string): Promise<ReadonlyMap<string, RestFields>> => {
  const answer = await send(projectId, ':runQuery', 'POST', { structuredQuery: { from: [{ allDescendants: true }] } })
  const prefix = `${documentsOf(projectId)}/`
  return new Map(
    (answer as readonly Found[]).flatMap(({ document }) =>
      document === undefined ? [] : [[document.name.slice(prefix.length), document.fields ?? {}] as const],
    ),
  )
}

/** The whole project as text, for equality and for scanning; but not what was refused to whom, nor from where secrets were used, which is kept for their owners. */
export const dump = async (
  projectId: string,
  { without = [] }: { readonly without?: readonly string[] } = {},
): Promise<string> => {
  const documents = [...(await storedDocuments(projectId))].filter(
    ([path]) => !path.includes('/denials/') && !path.startsWith('uses/') && !without.some((at) => path.startsWith(at)),
  )
  return JSON.stringify(documents.sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** Replaces a document. */
export const plant = async (projectId: string, path: string, fields: RestFields): Promise<void> => {
  await send(projectId, `/${path}`, 'PATCH', { fields })
  forget(projectId, path)
}

/** Replaces the named top-level fields only. */
export const damage = async (projectId: string, path: string, fields: RestFields): Promise<void> => {
  const mask = Object.keys(fields).map((field) => `updateMask.fieldPaths=${field}`)
  await send(projectId, `/${path}?${mask.join('&')}`, 'PATCH', { fields })
  forget(projectId, path)
}

export const erase = async (projectId: string, path: string): Promise<void> => {
  await send(projectId, `/${path}`, 'DELETE')
  forget(projectId, path)
}

export const text = (value: string): RestValue => ({ stringValue: value })
export const list = (...values: readonly RestValue[]): RestValue => ({ arrayValue: { values } })
export const map = (fields: RestFields): RestValue => ({ mapValue: { fields } })
export const moment = (at: number): RestValue => ({ timestampValue: new Date(at).toISOString() })

/** What stands in a map field; empty when there is none. */
export const entriesOf = (fields: RestFields | undefined, field: string): RestFields => {
  const value = fields?.[field]?.['mapValue'] as { readonly fields?: RestFields } | undefined // the REST form of a map
  return value?.fields ?? {}
}
