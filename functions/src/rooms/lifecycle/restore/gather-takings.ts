// From the log of audit events to what a restored database must lose: by document, joined, in pieces that are one commit each.

import { isTenantId, platformTenant, type TenantId } from '@latchkey/core/kernel/ids'
import { fromIso, type Instant, minutes, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import type { AuditLine } from '@latchkey/core/lifecycle/restore/audit-line'
import { joinTakings } from '@latchkey/core/lifecycle/restore/take-away'
import { shapes, type Taking } from '@latchkey/core/lifecycle/restore/taken'
import { collectionOf } from '../../../platform/store/collections.ts'

/** What somebody has to do by hand, and why. */
export interface ByHand {
  readonly at: string
  readonly tenant: string
  readonly type: string
  readonly targets: readonly string[]
  readonly why: 'again' | 'opened' | 'unknown'
}

export interface Piece {
  readonly tenant: TenantId
  readonly takings: readonly Taking[]
}

export interface Gathered {
  readonly lines: number
  readonly documents: number
  readonly pieces: readonly Piece[]
  readonly byHand: readonly ByHand[]
}

/** Clocks of instances differ, and a backup is of one moment: what was said shortly before it counts, too. */
const before = secondsOf(-minutes(2))
const mostInPiece = 40

/** Done again by hand: with KMS, or with a file that is not in the log. */
const again = new Set(['signing.key_compromised', 'access.catalogue_published'])
/** What took back that something was stopped: it stays stopped until somebody says so again. */
const opened = new Set([
  'tenancy.tenant_resumed',
  'directory.member_restored',
  'credentials.key_rotation_cancelled',
  'credentials.key_enabled',
])

export const gatherTakings = (lines: Iterable<AuditLine>, since: Instant): Gathered => {
  const from = plusSeconds(since, before)
  const seen = new Set<string>()
  const documents = new Map<string, Lost>()
  const byHand: ByHand[] = []
  for (const line of lines) {
    const at = fromIso(line.at)
    if (at === undefined || at < from || seen.has(line.event)) continue
    seen.add(line.event)
    const why = reasonOf(line)
    if (why !== undefined)
      byHand.push({ at: line.at, tenant: line.tenant, type: line.type, targets: line.targets, why })
    for (const taking of Array.isArray(line.taken) ? line.taken : []) note(documents, line, taking)
  }
  return { lines: seen.size, documents: documents.size, pieces: piecesOf([...documents.values()]), byHand }
}

const reasonOf = ({ type, taken }: AuditLine): ByHand['why'] | undefined => {
  if (taken === 'unknown') return 'unknown'
  if (again.has(type)) return 'again'
  return opened.has(type) ? 'opened' : undefined
}

interface Lost {
  readonly tenant: TenantId
  readonly taking: Taking
}

const note = (documents: Map<string, Lost>, line: AuditLine, taking: Taking): void => {
  const collection = collectionOf(taking.path)
  if (shapes[collection] === undefined) return
  const known = documents.get(taking.path)
  documents.set(taking.path, {
    tenant: tenantOf(taking.path, line),
    taking: known === undefined ? taking : joinTakings(collection, known.taking, taking),
  })
}

/** Where the event of it belongs: people and what holds everywhere to the platform. */
const tenantOf = (path: string, { tenant }: AuditLine): TenantId => {
  const [first, id = ''] = path.split('/')
  if (first === 'tenants' && isTenantId(id)) return id
  return first === 'credentials' && isTenantId(tenant) ? tenant : platformTenant
}

const piecesOf = (documents: readonly Lost[]): readonly Piece[] => {
  const byTenant = new Map<TenantId, Taking[]>()
  for (const { tenant, taking } of documents) byTenant.set(tenant, [...(byTenant.get(tenant) ?? []), taking])
  return [...byTenant].flatMap(([tenant, takings]) => {
    const count = Math.ceil(takings.length / mostInPiece)
    return Array.from({ length: count }, (_, index) => ({
      tenant,
      takings: takings.slice(index * mostInPiece, (index + 1) * mostInPiece),
    }))
  })
}
