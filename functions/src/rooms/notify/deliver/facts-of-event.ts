// An audit event with the names of what it speaks of, and the people who are told of it, all read at this moment.
import type { Json } from '@latchkey/core/kernel/canonical-json'
import { isTenantId, platformTenant, type TenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef, userOf } from '@latchkey/core/kernel/principal'
import { instantOf } from '@latchkey/core/kernel/time'
import type { Kind, NoticeEvent, NoticeFacts } from '@latchkey/core/notify/kind'
import { personIn } from '@latchkey/core/notify/notice'
import { type DocumentFields, instantIn, type Reader } from '../../../platform/store/reader.ts'

const mostOwners = 20

/** Undefined when there is no such event: a message is only a hint where to look. */
export const readEvent = async (read: Reader, tenant: TenantId, id: string): Promise<NoticeEvent | undefined> => {
  const [fields] = await read.getAll([`tenants/${tenant}/audit/${id}`])
  if (fields === undefined) return undefined
  const actor = (fields['actor'] ?? {}) as DocumentFields // written by commit
  const { reason } = fields
  return {
    id,
    tenant,
    type: String(fields['type']),
    actor: String(actor['impersonator'] ?? actor['principal']),
    targets: Array.isArray(fields['targets']) ? fields['targets'].map(String) : [],
    ...(typeof reason === 'string' ? { reason } : {}),
    details: (fields['details'] ?? {}) as { readonly [key: string]: Json | undefined }, // written by commit
    at: instantIn(fields['at']) ?? instantOf(0),
  }
}

/** Who did it, where it was people: by their name at that tenant. */
export const factsOfEvent = async (read: Reader, event: NoticeEvent): Promise<NoticeFacts> => {
  const actor = isPrincipalRef(event.actor) ? userOf(event.actor) : undefined
  const base = `tenants/${event.tenant}`
  const paths = [base, actor === undefined ? undefined : `${base}/members/${actor}`, subjectPath(event)]
  const asked = paths.filter((path) => path !== undefined)
  const found = await read.getAll(asked)
  const named = (path: string | undefined, field: string): string | undefined => {
    const value = path === undefined ? undefined : found[asked.indexOf(path)]?.[field]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return {
    event,
    tenantName: named(paths[0], 'name') ?? event.tenant,
    subject: named(paths[2], 'name') ?? wordFor(event),
    actorName: named(paths[1], 'displayName') ?? actor,
  }
}

const collections: Readonly<Record<string, string>> = { key: 'apiKeys', webhook: 'webhooks' }

/** The document whose `name` is what people know it by. */
const subjectPath = ({ tenant, targets: [target = ''], details }: NoticeEvent): string | undefined => {
  const [kind = '', id = ''] = target.split(':')
  const collection = collections[kind]
  if (collection !== undefined) return `tenants/${tenant}/${collection}/${id}`
  const role = String(details['role'] ?? '')
  return /^rol_[0-9A-Za-z]+$/.test(role) ? `tenants/${tenant}/roles/${role}` : undefined
}

/** Without a document of its own: as the event calls it. */
const wordFor = ({ targets, details }: NoticeEvent): string => {
  const word = details['name'] ?? details['role'] ?? details['url']
  return typeof word === 'string' ? word : (targets[0]?.split(':').slice(1).join(':') ?? '')
}

/** Nobody hears of what they did themselves, unless it is about security: then somebody else may have done it in their name. */
export const peopleTold = async (read: Reader, event: NoticeEvent, kind: Kind): Promise<readonly string[]> => {
  const told = await everybody(read, event, kind)
  return kind.security ? told : told.filter((uid) => `user:${uid}` !== event.actor)
}

const everybody = async (read: Reader, event: NoticeEvent, { told }: Kind): Promise<readonly string[]> => {
  const person = personIn(event)
  if (told === 'person' || (told === 'holder' && person !== undefined)) return person === undefined ? [] : [person]
  return ownersOf(read, told === 'platform' ? platformTenant : event.tenant)
}

/** Of an account without owners of its own, those of its agency. */
const ownersOf = async (read: Reader, tenant: string): Promise<readonly string[]> => {
  const [node] = await read.getAll([`tenants/${tenant}`])
  const owners = Array.isArray(node?.['owners']) ? node['owners'].map(String).slice(0, mostOwners) : []
  const parent = String(node?.['parentId'] ?? '')
  return owners.length > 0 || !isTenantId(parent) || parent === platformTenant ? owners : ownersOf(read, parent)
}
