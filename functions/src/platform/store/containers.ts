// What a change is announced as to those who keep copies: derived from the paths that were written, so that no room can forget it.
import { sha256 } from '../seal.ts'
import { collectionOf } from './collections.ts'
import type { Write } from './write.ts'

/** What says of a person whether they and their sign-ins count; anything else of them is nothing to those who decide. */
const telling = ['status', 'notBefore', 'deniedAuthTimes', 'staff']

const containerOf = (write: Write): readonly string[] => {
  const [, id = '', , inner = ''] = write.path.split('/')
  switch (collectionOf(write.path)) {
    case 'tenants':
      return [`tenant:${id}`]
    case 'tenants/*/policy':
      return [`policy:${id}`]
    case 'tenants/*/grants':
      return [`grant:${id}/${inner}`]
    case 'credentials':
      return [`credential:${id}`]
    case 'users':
      return isTelling(write) ? [`user:${sha256(id)}`] : []
    case 'catalogue':
      return ['catalogue']
    case 'signingKeys':
      return ['kid']
    default:
      return []
  }
}

const isTelling = (write: Write): boolean =>
  write.kind === 'delete' || telling.some((field) => Object.hasOwn(write.fields, field))

/** A person concerns services everywhere, so their name is digested: whoever knows it recognises it, nobody else learns it. */
export const containersOf = (writes: readonly Write[]): readonly string[] => [...new Set(writes.flatMap(containerOf))]

/** The tenants whose services are told: where it happened, what was written, and what the event names, as in a move from one agency to another. */
export const tenantsOf = (at: string, writes: readonly Write[], targets: readonly string[]): readonly string[] => {
  const written = writes.flatMap(({ path }) => /^tenants\/([^/]+)/.exec(path)?.[1] ?? [])
  const named = targets.flatMap((target) => /^tenant:(.+)$/.exec(target)?.[1] ?? [])
  return [...new Set([at, ...written, ...named])]
}
