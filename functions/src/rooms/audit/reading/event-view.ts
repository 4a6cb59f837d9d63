// What people see of an audit event.

import { eventHash, type RecordedEvent } from '@latchkey/core/audit/commitment'
import { eventView } from '@latchkey/core/audit/contract'
import { sha256 } from '../../../platform/seal.ts'
import { recordedEvent } from '../../../platform/store/audit-document.ts'
import type { DocumentFields, StoredDocument } from '../../../platform/store/reader.ts'

/** The answer of an operation is not shown: whoever got it knows it, and it was of that moment. */
export const viewOf = ({ id, fields }: StoredDocument): unknown => shown(recordedEvent(id, fields))

const shown = (event: RecordedEvent) => {
  const {
    outcome: _outcome,
    before: _before,
    after: _after,
    version: _version,
    requestId,
    actor,
    targets,
    ...fields
  } = event.fields
  const removed = 'salt' in event ? [] : Object.keys(event.removed)
  return {
    ...fields,
    event: event.id,
    actor: actor ?? {},
    targets: targets ?? [],
    request: requestId,
    ...(removed.length === 0 ? {} : { removed }),
  }
}

/** Undefined for one that is not whole. */
export const wholeViewOf = (id: string, stored: DocumentFields) => {
  const event = recordedEvent(id, stored)
  const parsed = eventView.safeParse(shown(event))
  const hash = eventHash(sha256, event)
  return parsed.success && hash !== undefined
    ? { ...parsed.data, hash, before: String(event.fields['before'] ?? ''), after: String(event.fields['after'] ?? '') }
    : undefined
}
