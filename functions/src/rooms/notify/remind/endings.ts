// What people are reminded of: for each kind of document with an end, the event that says so; undefined for what is dead already.
import { isTenantId, type TenantId } from '@latchkey/core/kernel/ids'
import type { Instant } from '@latchkey/core/kernel/time'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'
import { reminded, sinceIn } from '../../../platform/store/reminded.ts'

export interface Ending {
  readonly tenant: TenantId
  readonly type: string
  readonly targets: readonly string[]
  readonly details: { readonly [name: string]: string }
  /** When its end was set: nobody is reminded of what they have only just done. */
  readonly since: Instant | undefined
  /** It is paused: nothing is said now, and it may live again before the next moment. */
  readonly silent: boolean
}

/** The room of credentials: the status that a key of this tenant has in truth. */
export type KeyStatus = (read: Reader, tenant: TenantId, key: DocumentFields) => Promise<string>

interface Described {
  readonly read: Reader
  readonly path: string
  readonly fields: DocumentFields
  readonly keyStatus: KeyStatus
}

type Describe = (described: Described) => Promise<Ending | undefined>

const partsOf = (path: string): { readonly tenant: string; readonly id: string } => {
  const segments = path.split('/')
  return { tenant: segments[1] ?? '', id: segments.at(-1) ?? '' }
}

const sinceOf = (kind: string, fields: DocumentFields): Instant | undefined => {
  const known = reminded[kind]
  return known === undefined ? undefined : sinceIn(known, fields)
}

const mayLive = ['active', 'disabled']

const keyEnding: Describe = async ({ read, path, fields, keyStatus }) => {
  const { tenant, id } = partsOf(path)
  if (!isTenantId(tenant)) return undefined
  const status = await keyStatus(read, tenant, fields)
  if (!mayLive.includes(status)) return undefined
  return {
    silent: status !== 'active',
    tenant,
    type: 'credentials.key_expiring',
    targets: [`key:${id}`, String(fields['owner'])],
    details: { name: String(fields['name']) },
    since: sinceOf('tenants/*/apiKeys', fields),
  }
}

const assignmentEnding: Describe = async ({ read, path, fields }) => {
  const { tenant, id } = partsOf(path)
  if (!isTenantId(tenant)) return undefined
  const [node] = await read.getAll([`tenants/${tenant}`])
  if (node === undefined || node['status'] === 'deleted') return undefined
  return {
    silent: false,
    tenant,
    type: 'access.assignment_expiring',
    targets: [`assignment:${id}`, String(fields['principal'])],
    details: { role: String(fields['role']) },
    since: sinceOf('tenants/*/assignments', fields),
  }
}

/** Its key says whether it is the old secret of a rotation that is still running. */
const overlapEnding: Describe = async ({ read, path, fields, keyStatus }) => {
  const [tenant, key] = [String(fields['tenant']), String(fields['key'])]
  if (fields['status'] === 'revoked' || !isTenantId(tenant)) return undefined
  const [shown] = await read.getAll([`tenants/${tenant}/apiKeys/${key}`])
  const rotation = shown?.['rotation'] as DocumentFields | undefined // written by the room of credentials
  if (shown === undefined || rotation?.['old'] !== partsOf(path).id) return undefined
  const status = await keyStatus(read, tenant, shown)
  if (!mayLive.includes(status)) return undefined
  return {
    silent: status !== 'active',
    tenant,
    type: 'credentials.overlap_ending',
    targets: [`key:${key}`, String(shown['owner'])],
    details: { name: String(shown['name']) },
    since: instantIn(rotation['startedAt']),
  }
}

/** One for each line of what is reminded. */
export const endings: Readonly<Record<string, Describe>> = {
  'tenants/*/apiKeys': keyEnding,
  'tenants/*/assignments': assignmentEnding,
  credentials: overlapEnding,
}
