// A stored document on its way to a service that decides by itself: the fields that decisions look at, and nothing else.
import type { DocumentFields } from '@latchkey/core/access/assembly/documents'
import { momentMark, momentOnWire } from '@latchkey/core/access/assembly/moments'
import type { ServedDocument } from '@latchkey/core/access/contract/served'
import type { Json } from '@latchkey/core/kernel/canonical-json'
import { instantIn, type Stamped } from '../../../platform/store/reader.ts'

/** What the assembly of facts reads of each kind of document; a field that it learns to read must be named here, too. */
export const servedFields = {
  policy: [
    'kind',
    'parentId',
    'placementId',
    'status',
    'catalogueVersion',
    'guardrail',
    'roles',
    'ownPermissions',
    'keysNotBefore',
    'ownersKeysNotBefore',
  ],
  grants: ['status', 'teams', 'attributes', 'entries', 'keysNotBefore'],
  person: ['status', 'staff', 'notBefore', 'deniedAuthTimes'],
  head: ['version', 'keysNotBefore', 'sessionsNotBefore'],
} as const

export const served = ({ asOf, fields }: Stamped, kind: keyof typeof servedFields): ServedDocument => ({
  asOf,
  document: fields === undefined ? null : picked(fields, servedFields[kind]),
})

const picked = (fields: DocumentFields, names: readonly string[]): Record<string, Json> =>
  Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, onWire(fields[name])]])))

/** What JSON cannot say travels as null, which no reader takes for anything. */
const onWire = (value: unknown): Json => {
  const at = instantIn(value)
  if (at !== undefined) return momentOnWire(at)
  if (Array.isArray(value)) return value.map(onWire)
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return null
  const pairs = Object.entries(value).filter(([name]) => name !== momentMark)
  return Object.fromEntries(pairs.map(([name, one]) => [name, onWire(one)]))
}
