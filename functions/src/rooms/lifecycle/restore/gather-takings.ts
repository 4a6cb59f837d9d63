// From the log of audit events to what a restored database must lose: by document, joined, in pieces that are one commit each.

import { redactionType } from '@latchkey/core/audit/commitment'
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
  /** Events of before, which the restored state has. The newest of them prove that it does. */
  readonly earlier: number
  readonly newestEarlier: readonly string[]
  readonly documents: number
  readonly pieces: readonly Piece[]
  readonly byHand: readonly ByHand[]
}

/** Clocks of instances differ, and a backup is of one moment: what was said shortly before it counts, too. */
const before = secondsOf(-minutes(2))
const mostInPiece = 40
const mostLookedAt = 300

/** Done again by hand: with KMS, with a file that is not in the log, or where personal data is back. */
const again = new Set(['signing.key_compromised', 'access.catalogue_published', redactionType])
/** What took back that something was stopped: it stays stopped until somebody says so again. */
const opened = new Set([
  'tenancy.tenant_resumed',
  'directory.member_restored',
  'directory.user_let_in',
  'credentials.key_rotation_cancelled',
  'credentials.key_enabled',
])

export const gatherTakings = (lines: Iterable<AuditLine>, since: Instant): Gathered => {
  const from = plusSeconds(since, before)
  const events = new Map<string, readonly AuditLine[]>()
  const earlier = new Map<string, Instant>()
  const documents = new Map<string, Lost>()
  for (const line of lines) {
    const at = fromIso(line.at)
    if (at !== undefined && at < from) earlier.set(`tenants/${line.tenant}/audit/${line.event}`, at)
    // Whoever finds that another run has committed says so in a line of its own, which may come first and knows less.
    else events.set(line.event, [...(events.get(line.event) ?? []), line])
  }
  const byHand: ByHand[] = []
  for (const told of events.values()) {
    byHand.push(...reasonsOf(told))
    for (const line of told)
      for (const taking of Array.isArray(line.taken) ? line.taken : []) note(documents, line, taking)
  }
  const newestEarlier = [...earlier].toSorted(([, one], [, other]) => other - one).slice(0, mostLookedAt)
  return {
    ...{ lines: events.size, documents: documents.size, pieces: piecesOf([...documents.values()]), byHand },
    ...{ earlier: earlier.size, newestEarlier: newestEarlier.map(([path]) => path) },
  }
}

const reasonsOf = (told: readonly AuditLine[]): readonly ByHand[] => {
  const isKnown = told.some(({ taken }) => taken !== 'unknown')
  const [line] = told.filter(({ taken }) => !isKnown || taken !== 'unknown')
  const why = line === undefined ? undefined : reasonOf(line)
  if (line === undefined || why === undefined) return []
  return [{ at: line.at, tenant: line.tenant, type: line.type, targets: line.targets, why }]
}

/** A log takes out what looks like a secret, wherever it stands. */
const isMangled = ({ path }: Taking): boolean => /\[secret\]|\ufffd/.test(path)

const reasonOf = ({ type, taken }: AuditLine): ByHand['why'] | undefined => {
  if (taken === 'unknown' || taken?.some(isMangled) === true) return 'unknown'
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

/** A node and its policy say the same of it, so they come first and stay together. */
const inOrder = (takings: readonly Taking[]): readonly Taking[] => {
  const isNode = ({ path }: Taking): boolean => /^tenants\/[^/]+(\/policy\/current)?$/.test(path)
  return [...takings.filter(isNode), ...takings.filter((taking) => !isNode(taking))]
}

const piecesOf = (documents: readonly Lost[]): readonly Piece[] => {
  const byTenant = new Map<TenantId, Taking[]>()
  for (const { tenant, taking } of documents) byTenant.set(tenant, [...(byTenant.get(tenant) ?? []), taking])
  return [...byTenant].flatMap(([tenant, takings]) => {
    const count = Math.ceil(takings.length / mostInPiece)
    return Array.from({ length: count }, (_, index) => ({
      tenant,
      takings: inOrder(takings).slice(index * mostInPiece, (index + 1) * mostInPiece),
    }))
  })
}
