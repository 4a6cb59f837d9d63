// What the log says was taken out of an event, wherever in the log it says so.
import { eventHash } from '@latchkey/core/audit/commitment'
import { redactionIn } from '@latchkey/core/audit/verify/redactions'
import { sha256 } from '../../../platform/seal.ts'
import { recordedEvent } from '../../../platform/store/audit-document.ts'
import type { Reader } from '../../../platform/store/reader.ts'

/** Named by redactions alone: whatever else is done about an event crowds none of them out. */
export const targetOf = (event: string): string => `redaction:${event}`

const atOnce = 20
/** Of one event each field is taken out once. */
const limit = 100

/** By the event that it was taken out of. Another part of the log is not proven here; whoever verifies that part proves it. */
export const findRedactions = async (
  read: Reader,
  tenant: string,
  events: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const found = new Map<string, readonly string[]>()
  for (let from = 0; from < events.length; from += atOnce) {
    const some = events.slice(from, from + atOnce)
    const said = await Promise.all(some.map((event) => fieldsOf(read, tenant, event)))
    for (const [index, event] of some.entries()) found.set(event, said[index] ?? [])
  }
  return found
}

const fieldsOf = async (read: Reader, tenant: string, event: string): Promise<readonly string[]> => {
  const there = await read.list({
    collection: `tenants/${tenant}/audit`,
    contains: { field: 'terms', value: `target:${targetOf(event)}` },
    within: { field: 'newest', above: '', upTo: '~' },
    limit,
  })
  return there.flatMap(({ id, fields }) => {
    const recorded = recordedEvent(id, fields)
    // Cast: an event was JSON when it was written, without members that are left out.
    const said = redactionIn(recorded.fields as Parameters<typeof redactionIn>[0])
    return said?.event === event && eventHash(sha256, recorded) !== undefined ? said.fields : []
  })
}
